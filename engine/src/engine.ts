import { join } from 'node:path';
import type { AddressInfo } from 'node:net';
import type { Logger } from 'pino';
import { seedAccount, voiceSource } from './account/account.ts';
import { Admission } from './api/admission.ts';
import { CallRecordings } from './recording/call-recordings.ts';
import { TwimlAnnouncer } from './twiml/announcer.ts';
import type { Api } from './api/app.ts';
import { Presenter } from './api/present.ts';
import { Outbox } from './callback/outbox.ts';
import { Requester } from './callback/request.ts';
import type { EngineConfig } from './config.ts';
import { Inspector } from './inspector/inspector.ts';
import type { LiveParts } from './inspector/live.ts';
import { Traffic } from './inspector/traffic.ts';
import { watchCalls, watchExchanges } from './inspector/watch.ts';
import { Ledger } from './journal/ledger.ts';
import { recover } from './journal/recover.ts';
import type { TokenIssuer } from './leg/browser/access-token.ts';
import { CallMessages } from './leg/browser/call-messages.ts';
import { Phones } from './leg/browser/phones.ts';
import type { Call } from './leg/call.ts';
import { CallCallbacks } from './leg/call-callbacks.ts';
import { readDemoCustomers, type DemoCustomer } from './leg/demo/customers.ts';
import { DemoLine } from './leg/demo/demo-line.ts';
import { Switchboard } from './leg/switchboard.ts';
import { MediaLink } from './media-link.ts';
import { addPhoneLines, type PhoneLines } from './phone-lines.ts';
import { RecordingCallbacks } from './recording/recording-callbacks.ts';
import { RecordingFiles } from './recording/recording-files.ts';
import { Recorder } from './recording/recorder.ts';
import { seedSipAccount } from './registrar/seed.ts';
import { Notices } from './notice/notices.ts';
import { Queues } from './queue/queues.ts';
import { openApi } from './rest.ts';
import { ConferenceCallbacks } from './room/conference-callbacks.ts';
import { Conferences } from './room/conferences.ts';
import { buildTelephony } from './telephony.ts';
import { TwimlMusic } from './twiml/music.ts';
import type { TwimlRunner } from './twiml/runner.ts';
import { buildTwiml, buildVoice, OUR_SOUNDS, SOUNDS } from './voice.ts';

export interface Engine {
  /** Where REST and /signal listen. */
  readonly port: number;
  readonly udpPort: number;
  /** Ends every call, sends what is owed as far as time allows, and closes. Harmless twice. */
  close(): Promise<void>;
}

/** Builds the engine and resolves when it takes calls. Whatever fails closes what was begun. */
export async function createEngine(config: EngineConfig, log: Logger): Promise<Engine> {
  const folder = join(config.dataFolder, 'engine');
  const ledger = new Ledger(join(folder, 'journal.jsonl'), log);
  const traffic = config.inspector ? new Traffic() : null;
  const watch = traffic && watchExchanges(traffic);
  const requester = new Requester(config.account.authToken, watch);
  const { udpPort, publicAddress } = config;
  const { rtpPorts, rtpTimeoutMs } = config.sip ?? {};
  const media = await MediaLink.open({ udpPort, publicAddress, rtpPorts, rtpTimeoutMs, log });
  try {
    return await build(config, { folder, ledger, requester, media, traffic }, log);
  } catch (error) {
    await media.close();
    requester.close();
    ledger.close();
    throw error;
  }
}

interface Ground {
  folder: string;
  ledger: Ledger;
  requester: Requester;
  media: MediaLink;
  /** Null: nobody may look. */
  traffic: Traffic | null;
}

async function build(config: EngineConfig, ground: Ground, log: Logger): Promise<Engine> {
  const { account, limits } = config;
  const { folder, ledger, requester, media } = ground;
  let port = config.port;
  const apiBase = () => `http://${hostInUrl(config.host)}:${port}`;

  const notices = new Notices(ledger, log);
  const queues = new Queues(ledger);
  const outbox = new Outbox(requester, ledger, log, (owed, why) => notices.addCallback(owed, why));
  const callbacks = new RecordingCallbacks(outbox, account.sid, apiBase);
  const calls = new CallCallbacks(outbox, ledger, account.sid, (one) => callbacks.urlOf(one));
  const onError = (error: unknown) => log.error({ err: error }, 'a listener failed');
  const switchboard = new Switchboard(ledger, calls, limits.maxCalls, onError);

  const files = new RecordingFiles(join(folder, 'recordings'));
  const parts = { ledger, media, files, callbacks };
  const recorder = new Recorder(parts, config.minFreeBytes, log);
  const callRecordings = new CallRecordings(recorder, switchboard);

  const news = new ConferenceCallbacks(outbox, ledger, account.sid);
  const { sid, twimlAppSid, authToken } = account;
  seedAccount(ledger, account);
  seedPhones(ledger, config);
  const voice = buildVoice(ground);
  const music = new TwimlMusic(voice.player, OUR_SOUNDS.music, () => scripts, log);
  const announcer = new TwimlAnnouncer(voice, sid);
  const { beep } = OUR_SOUNDS;
  const room = { ledger, media, recorder, callbacks: news, music, announcer, beep };
  const conferences = new Conferences(room, switchboard);
  const { scripts, runner } = buildTwiml(
    account,
    voice,
    { ...ground, conferences, switchboard, recorder, callbacks, notices, queues },
    log,
  );
  const messages = new CallMessages(outbox, switchboard, sid);
  const phones = new Phones(
    { issuer: issuerOf(config), twimlAppSid, messages, times: limits },
    switchboard,
    media,
    log,
    (call) => runApplication(call, ledger, runner, twimlAppSid),
  );
  addLines(config, switchboard, phones, media, log);
  const telephony = buildTelephony(config.sip, ground, OUR_SOUNDS.testCall, log);
  const { trunks, testCalls } = telephony;
  const admission = new Admission(limits, () => outbox.pending);
  const lines = { ...ground, authToken, telephony, switchboard, runner, admission, notices };
  const telephones = addPhoneLines(lines, log);
  media.onDeath(() => endEverything(switchboard, conferences));

  const rest = {
    ...{ ledger, switchboard, conferences, runner, files, media, recorder, callRecordings },
    ...{ admission, messages, queues, trunks, testCalls, telephones, traffic: ground.traffic },
  };
  const api = await openApi(config, rest, new Presenter(account.sid, apiBase), log);
  const inspector = inspect(api, ground, { ledger, switchboard, conferences }, phones);
  healthRoute(api, { ledger, media, switchboard, outbox, phones, telephones });
  signalRoute(api, phones);
  await api.listen({ host: config.host, port: config.port });
  port = (api.server.address() as AddressInfo).port;
  outbox.resume();
  trunks.start();
  telephones.expectPhones();
  void recorder.tidy().catch((error: unknown) => onError(error));
  recover(ledger, { ...telephony, calls, conferences: news, recorder, files }, log);

  const close = async () => {
    admission.close();
    conferences.close();
    switchboard.close();
    await recorder.close(limits.stopMs);
    await outbox.close(limits.stopMs);
    await phones.close();
    await telephony.close();
    inspector?.close();
    await api.close();
    await voice.workshop.close();
    await media.close();
    requester.close();
    ledger.close();
  };
  let closing: Promise<void> | null = null;
  return { port, udpPort: media.udpPort, close: () => (closing ??= close()) };
}

/** A browser calls: the account's application says what happens. */
function runApplication(call: Call, ledger: Ledger, runner: TwimlRunner, sid: string): void {
  const app = ledger.applications.get(sid);
  const source = app ? voiceSource(app) : null;
  if (source) runner.run(call, source, { ApplicationSid: sid });
  else call.fail({ code: 21_218, message: 'The TwiML application has no voice URL' });
}

/** Nothing can be heard or said any more: as on a dead line, everybody is gone. */
function endEverything(switchboard: Switchboard, conferences: Conferences): void {
  for (const call of switchboard.live()) if (!call.inProgress) call.fail();
  conferences.close();
  for (const call of switchboard.live()) call.fail();
}

function seedPhones(ledger: Ledger, { sip, account }: EngineConfig): void {
  if (!sip?.domain) return;
  const { domain, credentialList } = sip;
  const { sid: accountSid, voiceUrl } = account;
  seedSipAccount(ledger, { accountSid, voiceUrl, domain, credentialList });
}

function hostInUrl(host: string): string {
  return host.includes(':') ? `[${host}]` : host;
}

function issuerOf({ account }: EngineConfig): TokenIssuer {
  const { sid: accountSid, apiKeySid, apiKeySecret } = account;
  return { accountSid, apiKeySid, apiKeySecret };
}

/** The engine's own page. What is asked of the REST API is watched from `openApi` on. */
function inspect(
  api: Api,
  { traffic }: Ground,
  parts: Omit<LiveParts, 'identities'>,
  phones: Phones,
): Inspector | null {
  if (traffic === null) return null;
  watchCalls(parts.switchboard, traffic);
  const inspector = new Inspector(traffic, { ...parts, identities: () => phones.identities });
  inspector.routes(api);
  return inspector;
}

function signalRoute(api: Api, phones: Phones): void {
  api.server.on('upgrade', (request, socket, head) => {
    if (request.url?.split('?')[0] === '/signal') phones.upgrade(request, socket, head);
    else socket.end('HTTP/1.1 404 Not Found\r\nConnection: close\r\n\r\n');
  });
}

function addLines(
  config: EngineConfig,
  switchboard: Switchboard,
  phones: Phones,
  media: MediaLink,
  log: Logger,
): void {
  const customers =
    config.demoCustomers === null
      ? new Map<string, DemoCustomer>()
      : readDemoCustomers(config.demoCustomers, SOUNDS);
  switchboard.addLines((call) =>
    call.to.startsWith('client:') ? phones.lineTo(call.to.slice('client:'.length), call) : null,
  );
  switchboard.addLines((call) => {
    const customer = customers.get(call.to);
    if (!customer) return null;
    if (customer.then === 'client' && customer.client !== undefined) {
      return phones.lineTo(customer.client, call);
    }
    return new DemoLine(call.sid, customer, media, log);
  });
}

interface HealthParts {
  ledger: Ledger;
  media: MediaLink;
  switchboard: Switchboard;
  outbox: Outbox;
  phones: Phones;
  telephones: PhoneLines;
}

function healthRoute(api: Api, parts: HealthParts): void {
  const { ledger, media, switchboard, outbox, phones, telephones } = parts;
  api.get('/health', async () => ({
    ok: media.up && ledger.broken === null,
    media: media.up,
    journal: ledger.broken === null,
    calls: switchboard.live().length,
    registrations: phones.registrations,
    telephones: telephones.registrations,
    callbacksOwed: outbox.pending,
  }));
}
