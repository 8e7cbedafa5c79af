import { z } from 'zod';
import type { NumberRecord } from '../account/account-record.ts';
import type { Ledger } from '../journal/ledger.ts';
import { newSid } from '../sid.ts';
import type { Api } from './app.ts';
import { fields } from './fields.ts';
import { page, PAGE_FIELDS } from './paging.ts';
import type { Presenter } from './present.ts';
import { ApiProblem, notFound } from './problem.ts';
import { VOICE_FIELDS, voiceSettings } from './voice-fields.ts';

const WRITE = {
  ...VOICE_FIELDS,
  FriendlyName: z.string().max(64).optional(),
  VoiceApplicationSid: z.string().optional(),
} as const;
const CREATE = {
  ...WRITE,
  PhoneNumber: z.string().regex(/^\+\d{6,15}$/, { error: 'is not a number in E.164' }),
} as const;
const LIST = {
  ...PAGE_FIELDS,
  FriendlyName: z.string().optional(),
  PhoneNumber: z.string().optional(),
} as const;

interface OneNumber {
  Params: { sid: string };
}

/** The account's numbers. Whoever runs the engine knows which are theirs: none is bought here. */
export function numberRoutes(
  scope: Api,
  { ledger, present }: { ledger: Ledger; present: Presenter },
): void {
  const find = ({ url, params }: { url: string; params: OneNumber['Params'] }) => {
    const record = ledger.numbers.get(params.sid);
    if (!record) throw notFound(url);
    return record;
  };
  /** Twilio clears it with an empty text. */
  const application = (sid: string | undefined, before: string | null): string | null => {
    if (sid === undefined) return before;
    if (sid === '') return null;
    if (ledger.applications.has(sid)) return sid;
    throw new ApiProblem(400, 21_218, `Invalid ApplicationSid ${sid}`);
  };

  scope.post('/IncomingPhoneNumbers.json', async (request, reply) => {
    const read = fields(request.body, CREATE);
    const { PhoneNumber: phoneNumber } = read;
    if ([...ledger.numbers.values()].some((one) => one.phoneNumber === phoneNumber)) {
      throw new ApiProblem(400, 21_422, `${phoneNumber} is not available: the account has it`);
    }
    const now = Date.now();
    const record = {
      sid: newSid('PN'),
      phoneNumber,
      friendlyName: read.FriendlyName ?? phoneNumber,
      voiceApplicationSid: application(read.VoiceApplicationSid, null),
      ...voiceSettings(read, null),
      createdAt: now,
      updatedAt: now,
    };
    ledger.numbers.save(record);
    return reply.code(201).send(present.number(record));
  });

  scope.get('/IncomingPhoneNumbers.json', async (request) => {
    const read = fields(request.query, LIST);
    const like = read.PhoneNumber === undefined ? null : pattern(read.PhoneNumber);
    const newest = ledger.numbers.newestFirst();
    const fits = (one: NumberRecord) =>
      (read.FriendlyName === undefined || one.friendlyName === read.FriendlyName) &&
      (like === null || like.test(one.phoneNumber));
    const place = { path: present.path('/IncomingPhoneNumbers.json'), query: request.query };
    const show = (one: NumberRecord) => present.number(one);
    return page('incoming_phone_numbers', newest, fits, read, place, show);
  });

  scope.get<OneNumber>('/IncomingPhoneNumbers/:sid.json', async (request) => {
    fields(request.query, {});
    return present.number(find(request));
  });

  scope.post<OneNumber>('/IncomingPhoneNumbers/:sid.json', async (request) => {
    const read = fields(request.body, WRITE);
    const before = find(request);
    const record = {
      ...before,
      friendlyName: read.FriendlyName ?? before.friendlyName,
      voiceApplicationSid: application(read.VoiceApplicationSid, before.voiceApplicationSid),
      ...voiceSettings(read, before),
      updatedAt: Date.now(),
    };
    ledger.numbers.save(record);
    return present.number(record);
  });

  scope.delete<OneNumber>('/IncomingPhoneNumbers/:sid.json', async (request, reply) => {
    fields(request.query, {});
    ledger.numbers.forget(find(request).sid);
    return reply.code(204).send();
  });
}

/** Part of a number, with * for any digit. */
function pattern(text: string): RegExp {
  const parts = text.split('*').map((part) => part.replace(/[^\d+]/g, '').replace(/\+/g, '\\+'));
  return new RegExp(parts.join('\\d'));
}
