import type { Logger } from 'pino';
import { accountRoute } from './api/account.ts';
import type { Admission } from './api/admission.ts';
import { accountRoutes, createApi, ownRoutes, type Api } from './api/app.ts';
import { applicationRoutes } from './api/applications.ts';
import { callRoutes } from './api/calls.ts';
import { conferenceRoutes } from './api/conferences.ts';
import { liveRecordingRoutes } from './api/live-recordings.ts';
import { notificationRoutes } from './api/notifications.ts';
import { numberRoutes } from './api/numbers.ts';
import { participantRoutes } from './api/participants.ts';
import type { Presenter } from './api/present.ts';
import { queueRoutes } from './api/queues.ts';
import { recordingRoutes } from './api/recordings.ts';
import { sipCredentialListRoutes } from './api/sip-credential-lists.ts';
import { sipCredentialRoutes } from './api/sip-credentials.ts';
import { sipDomainRoutes } from './api/sip-domains.ts';
import { sipMappingRoutes } from './api/sip-mappings.ts';
import { testCallRoutes } from './api/test-calls.ts';
import { trunkRoutes } from './api/trunks.ts';
import { userDefinedMessageSubscriptionRoutes } from './api/user-defined-message-subscriptions.ts';
import { userDefinedMessageRoutes } from './api/user-defined-messages.ts';
import type { EngineConfig } from './config.ts';
import type { Traffic } from './inspector/traffic.ts';
import { watchRest } from './inspector/watch.ts';
import type { Ledger } from './journal/ledger.ts';
import type { CallMessages } from './leg/browser/call-messages.ts';
import type { Switchboard } from './leg/switchboard.ts';
import type { MediaLink } from './media-link.ts';
import type { PhoneLines } from './phone-lines.ts';
import type { Queues } from './queue/queues.ts';
import type { CallRecordings } from './recording/call-recordings.ts';
import type { RecordingFiles } from './recording/recording-files.ts';
import type { Recorder } from './recording/recorder.ts';
import type { Conferences } from './room/conferences.ts';
import type { TestCalls } from './trunk/test-calls.ts';
import type { Trunks } from './trunk/trunks.ts';
import type { TwimlRunner } from './twiml/runner.ts';

interface RestParts {
  ledger: Ledger;
  switchboard: Switchboard;
  conferences: Conferences;
  runner: TwimlRunner;
  files: RecordingFiles;
  media: MediaLink;
  recorder: Recorder;
  callRecordings: CallRecordings;
  admission: Admission;
  messages: CallMessages;
  queues: Queues;
  trunks: Trunks;
  testCalls: TestCalls;
  telephones: PhoneLines;
  traffic: Traffic | null;
}

/** Everything that can be asked over REST; it does not listen yet. */
export async function openApi(
  { account }: EngineConfig,
  parts: RestParts,
  present: Presenter,
  log: Logger,
): Promise<Api> {
  const api = await createApi(log);
  if (parts.traffic) watchRest(api, parts.traffic);
  await accountRoutes(api, account, (scope) => {
    const own = account.twimlAppSid;
    accountRoute(scope, { ...parts, present, own });
    callRoutes(scope, { ...parts, present });
    applicationRoutes(scope, { ...parts, present, own });
    numberRoutes(scope, { ...parts, present });
    sipDomainRoutes(scope, { ...parts, present });
    sipCredentialListRoutes(scope, { ...parts, present });
    const changed = () => parts.telephones.expectPhones();
    sipCredentialRoutes(scope, { ...parts, present, changed });
    sipMappingRoutes(scope, { ...parts, present, changed });
    liveRecordingRoutes(scope, { ...parts, present });
    conferenceRoutes(scope, { ...parts, present });
    participantRoutes(scope, { ...parts, present });
    recordingRoutes(scope, { ...parts, present });
    queueRoutes(scope, { ...parts, present });
    userDefinedMessageRoutes(scope, { ...parts, accountSid: account.sid });
    userDefinedMessageSubscriptionRoutes(scope, { ...parts, accountSid: account.sid });
    notificationRoutes(scope, { ledger: parts.ledger, present });
  });
  await ownRoutes(api, account, (scope) => {
    trunkRoutes(scope, parts);
    testCallRoutes(scope, { ...parts, callerId: account.callerId });
  });
  return api;
}
