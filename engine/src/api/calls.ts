import { z } from 'zod';
import type { Ledger } from '../journal/ledger.ts';
import type { Call } from '../leg/call.ts';
import { isFinal, type CallCallback, type CallEvent, type CallRecord } from '../leg/call-record.ts';
import type { MediaLink } from '../media-link.ts';
import { voiceSource } from '../account/account.ts';
import type { ApplicationRecord } from '../account/account-record.ts';
import type { CallRecordings } from '../recording/call-recordings.ts';
import { isSipDestination } from '../leg/sip/sip-destination.ts';
import type { Switchboard } from '../leg/switchboard.ts';
import type { Credentials } from '../sip/user-agent/calls.ts';
import type { TwimlSource } from '../twiml/fetcher.ts';
import { parseTwiml } from '../twiml/parse.ts';
import { TwimlProblem } from '../twiml/problem.ts';
import type { TwimlRunner } from '../twiml/runner.ts';
import type { Api } from './app.ts';
import type { Admission } from './admission.ts';
import { RECORD_FIELDS, recordSettings } from './record-fields.ts';
import { address, fields, flag, method, whole, words } from './fields.ts';
import { moment, page, PAGE_FIELDS, within } from './paging.ts';
import type { Presenter } from './present.ts';
import { ApiProblem, notFound } from './problem.ts';

export const CALL_EVENTS = [
  'initiated',
  'ringing',
  'answered',
  'completed',
] as const satisfies CallEvent[];

/**
 * Where a call goes: a number in E.164, a Voice SDK identity with custom parameters, or a SIP
 * address with headers.
 */
export const destination = z
  .string()
  .refine(
    (text) =>
      /^(\+\d{6,15}|client:[\w.@+-]{1,121}(\?.{0,800})?)$/.test(text) || isSipDestination(text),
    {
      error: 'is neither a number in the form +447700900001 nor client:identity nor sip:user@host',
    },
  );
export const origin = z.string().regex(/^(\+\d{6,15}|client:[\w.@+-]{1,121})$/, {
  error: 'is neither a number in the form +447700900001 nor client:identity',
});

/** Keys, and letters that wait: w half a second, W a whole one. */
const keys = z.string().regex(/^[0-9A-D*#wW]{1,32}$/, { error: 'is not made of keys, w and W' });

/** https://www.twilio.com/docs/api/errors */
export const CODES = {
  To: 21_211,
  From: 21_212,
  Url: 21_205,
  FallbackUrl: 21_205,
  StatusCallback: 21_609,
  SendDigits: 21_206,
  Timeout: 21_208,
  Method: 21_209,
  FallbackMethod: 21_209,
} as const;

/** The same, for what is not there at all. */
export const ABSENT = { To: 21_201, From: 21_213 } as const;

const SCRIPT = {
  Url: address.optional(),
  Method: method.default('POST'),
  FallbackUrl: address.optional(),
  FallbackMethod: method.default('POST'),
  Twiml: z.string().max(4000).optional(),
} as const;

/** What a SIP address asks of us. */
export const SIP_AUTH = {
  SipAuthUsername: z.string().max(255).optional(),
  SipAuthPassword: z.string().max(255).optional(),
} as const;

/** @throws ApiProblem where only one of both is given */
export function credentialsOf({
  SipAuthUsername: username,
  SipAuthPassword: password,
}: z.infer<z.ZodObject<typeof SIP_AUTH>>): Credentials | null {
  if (username === undefined && password === undefined) return null;
  if (username !== undefined && password !== undefined) return { username, password };
  throw new ApiProblem(400, 21_225, 'SipAuthUsername and SipAuthPassword belong together');
}

const CREATE = {
  ...SCRIPT,
  ...RECORD_FIELDS,
  Record: flag.default(false),
  SendDigits: keys.optional(),
  To: destination,
  From: origin,
  ApplicationSid: z.string().optional(),
  ...SIP_AUTH,
  StatusCallback: address.optional(),
  StatusCallbackMethod: method.default('POST'),
  StatusCallbackEvent: words(CALL_EVENTS).default(['completed']),
  Timeout: whole(1, 600).default(60),
  TimeLimit: whole(1, 86_400).optional(),
} as const;

const UPDATE = {
  ...SCRIPT,
  Status: z.enum(['canceled', 'completed']).optional(),
  StatusCallback: address.optional(),
  StatusCallbackMethod: method.default('POST'),
  TimeLimit: whole(1, 86_400).optional(),
} as const;

const STATUSES = z.enum([
  'queued',
  'ringing',
  'in-progress',
  'completed',
  'busy',
  'failed',
  'no-answer',
  'canceled',
]);

const LIST = {
  ...PAGE_FIELDS,
  To: z.string().optional(),
  From: z.string().optional(),
  ParentCallSid: z.string().optional(),
  Status: STATUSES.optional(),
  StartTime: moment.optional(),
  'StartTime<': moment.optional(),
  'StartTime>': moment.optional(),
  EndTime: moment.optional(),
  'EndTime<': moment.optional(),
  'EndTime>': moment.optional(),
} as const;

export interface CallParts {
  ledger: Ledger;
  switchboard: Switchboard;
  runner: TwimlRunner;
  present: Presenter;
  callRecordings: CallRecordings;
  media: MediaLink;
  admission: Admission;
}

export function callRoutes(scope: Api, parts: CallParts): void {
  const { ledger, switchboard, runner, present } = parts;

  scope.post('/Calls.json', { onRequest: parts.admission.hook }, async (request, reply) => {
    const read = fields(request.body, CREATE, CODES, ABSENT);
    const app = applicationOf(read.ApplicationSid, ledger);
    const source = app ? voiceSource(app) : sourceOf(read);
    if (source === null) throw new ApiProblem(400, 21_205, 'Give a Url, Twiml or ApplicationSid');
    const { call, start } = switchboard.place({
      to: read.To,
      from: read.From,
      direction: 'outbound-api',
      timeoutMs: read.Timeout * 1000,
      limitMs: read.TimeLimit === undefined ? null : read.TimeLimit * 1000,
      callback: callbackOf(read, app),
      credentials: credentialsOf(read),
    });
    if (read.Record) {
      const settings = recordSettings(read, 'OutboundAPI', 'trim-silence');
      parts.callRecordings.whenAnswered(call, settings);
    }
    onceAnswered(call, switchboard, () => {
      const leg = call.line.mediaLeg;
      if (read.SendDigits !== undefined && leg !== null) {
        parts.media.tell('leg.sendDigits', { leg, digits: read.SendDigits });
      }
      runner.run(call, source);
    });
    const body = present.call(call.record);
    start();
    return reply.code(201).send(body);
  });

  scope.get('/Calls.json', async (request) => {
    const read = fields(request.query, LIST);
    const fits = (call: CallRecord) =>
      (read.To === undefined || call.to === read.To) &&
      (read.From === undefined || call.from === read.From) &&
      (read.ParentCallSid === undefined || call.parentCallSid === read.ParentCallSid) &&
      (read.Status === undefined || call.status === read.Status) &&
      within(
        call.answeredAt ?? call.createdAt,
        read.StartTime,
        read['StartTime<'],
        read['StartTime>'],
      ) &&
      within(call.endedAt, read.EndTime, read['EndTime<'], read['EndTime>']);
    const place = { path: present.path('/Calls.json'), query: request.query };
    return page('calls', ledger.calls.newestFirst(), fits, read, place, (call) =>
      present.call(call),
    );
  });

  scope.get<{ Params: { sid: string } }>('/Calls/:sid.json', async (request) => {
    fields(request.query, {});
    const record = ledger.calls.get(request.params.sid);
    if (!record) throw notFound(request.url);
    return present.call(record);
  });

  scope.delete<{ Params: { sid: string } }>('/Calls/:sid.json', async (request, reply) => {
    fields(request.query, {});
    const record = ledger.calls.get(request.params.sid);
    if (!record) throw notFound(request.url);
    if (!isFinal(record.status)) {
      throw new ApiProblem(409, 20_009, 'Cannot delete this call before it is complete');
    }
    ledger.calls.forget(record.sid);
    return reply.code(204).send();
  });

  scope.post<{ Params: { sid: string } }>('/Calls/:sid.json', async (request) => {
    const read = fields(request.body, UPDATE, CODES);
    const record = ledger.calls.get(request.params.sid);
    if (!record) throw notFound(request.url);
    const call = switchboard.find(record.sid);
    if (!call) throw new ApiProblem(400, 21_220, 'Call is not in-progress. Cannot redirect.');
    update(call, read, runner);
    return present.call(call.record);
  });
}

/** Changes everything that is asked for, or nothing. @throws ApiProblem */
function update(call: Call, read: z.infer<z.ZodObject<typeof UPDATE>>, runner: TwimlRunner): void {
  if (read.Url !== undefined && read.Twiml !== undefined) {
    throw new ApiProblem(400, 20_001, 'Url and Twiml exclude each other: give one of them');
  }
  const source = read.Status === undefined ? sourceOf(read) : null;
  // Twilio: canceled hangs up calls that are queued or ringing, and leaves the others alone.
  if (read.Status === 'canceled' && call.inProgress) {
    throw new ApiProblem(400, 21_220, 'Call is in-progress. Cannot cancel.');
  }
  if (source !== null && !call.inProgress) {
    throw new ApiProblem(400, 21_220, 'Call is not in-progress. Cannot redirect.');
  }
  if (read.StatusCallback !== undefined) {
    const { StatusCallback: url, StatusCallbackMethod: method } = read;
    call.setCallback({ url, method, events: call.record.callback?.events ?? ['completed'] });
  }
  if (read.TimeLimit !== undefined) call.setTimeLimit(read.TimeLimit * 1000);
  if (read.Status !== undefined) call.hangUp();
  else if (source !== null) runner.run(call, source);
}

function onceAnswered(call: Call, switchboard: Switchboard, then: () => void): void {
  const deaf = [
    switchboard.onAnswered.listen((answered) => {
      if (answered !== call) return;
      deaf.forEach((stop) => stop());
      then();
    }),
    switchboard.onEnded.listen(({ call: ended }) => {
      if (ended === call) deaf.forEach((stop) => stop());
    }),
  ];
}

function applicationOf(sid: string | undefined, ledger: Ledger): ApplicationRecord | null {
  if (sid === undefined) return null;
  const app = ledger.applications.get(sid);
  if (!app) throw new ApiProblem(400, 21_218, `Invalid ApplicationSid ${sid}`);
  return app;
}

/** An application's own callback wins over the call's, as everything of it does. */
function callbackOf(
  read: z.infer<z.ZodObject<typeof CREATE>>,
  app: ApplicationRecord | null,
): CallCallback | null {
  if (app) {
    const { statusCallback: url, statusCallbackMethod: method } = app;
    return url === null ? null : { url, method, events: ['completed'] };
  }
  const { StatusCallback: url, StatusCallbackMethod: method, StatusCallbackEvent: events } = read;
  return url === undefined ? null : { url, method, events };
}

function sourceOf(read: z.infer<z.ZodObject<typeof SCRIPT>>): TwimlSource | null {
  const { Url: url, Method: method, Twiml: text } = read;
  const fallback =
    read.FallbackUrl === undefined
      ? {}
      : { fallback: { url: read.FallbackUrl, method: read.FallbackMethod } };
  // Where both are given, Twilio ignores the TwiML.
  if (url !== undefined) return { kind: 'url', url, method, ...fallback };
  if (text === undefined) return null;
  try {
    parseTwiml(text);
  } catch (error) {
    if (error instanceof TwimlProblem) throw new ApiProblem(400, error.code, error.message);
    throw error;
  }
  return { kind: 'text', text, ...fallback };
}
