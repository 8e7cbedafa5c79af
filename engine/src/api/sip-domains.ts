import { z } from 'zod';
import type { Ledger } from '../journal/ledger.ts';
import type { SipDomainRecord } from '../registrar/sip-records.ts';
import { newSid } from '../sid.ts';
import type { Api } from './app.ts';
import { addressOrNone, fields, flag, method } from './fields.ts';
import { page, PAGE_FIELDS } from './paging.ts';
import type { Presenter } from './present.ts';
import { ApiProblem, notFound } from './problem.ts';
import { voiceSettings } from './voice-fields.ts';

/** Twilio's end in sip.twilio.com; ours may be any name, whether DNS knows it or not. */
const domainName = z
  .string()
  .max(255)
  .transform((text) => text.toLowerCase())
  .pipe(z.string().regex(/^[a-z0-9]([a-z0-9.-]*[a-z0-9])?$/, 'is no domain like acme.example.com'));

const WRITE = {
  DomainName: domainName.optional(),
  FriendlyName: z.string().max(64).optional(),
  VoiceUrl: addressOrNone.optional(),
  VoiceMethod: method.optional(),
  VoiceFallbackUrl: addressOrNone.optional(),
  VoiceFallbackMethod: method.optional(),
  VoiceStatusCallbackUrl: addressOrNone.optional(),
  VoiceStatusCallbackMethod: method.optional(),
  SipRegistration: flag.optional(),
} as const;
const CREATE = { ...WRITE, DomainName: domainName } as const;

type Read = z.infer<z.ZodObject<typeof WRITE>>;

interface OneDomain {
  Params: { sid: string };
}

/** https://www.twilio.com/docs/voice/sip/api/sip-domain-resource */
export function sipDomainRoutes(
  scope: Api,
  { ledger, present }: { ledger: Ledger; present: Presenter },
): void {
  const find = ({ url, params }: { url: string; params: OneDomain['Params'] }) => {
    const record = ledger.sipDomains.get(params.sid);
    if (!record) throw notFound(url);
    return record;
  };
  const mustBeFree = (name: string, but: string | null) => {
    for (const other of ledger.sipDomains.values()) {
      if (other.domainName !== name || other.sid === but) continue;
      throw new ApiProblem(400, 20_001, `Invalid parameter DomainName: ${name} exists already`);
    }
  };

  scope.post('/SIP/Domains.json', async (request, reply) => {
    const read = fields(request.body, CREATE);
    mustBeFree(read.DomainName, null);
    const now = Date.now();
    const record: SipDomainRecord = {
      sid: newSid('SD'),
      domainName: read.DomainName,
      friendlyName: read.FriendlyName ?? read.DomainName,
      sipRegistration: read.SipRegistration ?? false,
      callLists: [],
      registrationLists: [],
      ...voice(read, null),
      createdAt: now,
      updatedAt: now,
    };
    ledger.sipDomains.save(record);
    return reply.code(201).send(present.sip.domain(record));
  });

  scope.get('/SIP/Domains.json', async (request) => {
    const read = fields(request.query, PAGE_FIELDS);
    const newest = ledger.sipDomains.newestFirst();
    const place = { path: present.path('/SIP/Domains.json'), query: request.query };
    return page(
      'domains',
      newest,
      () => true,
      read,
      place,
      (one) => present.sip.domain(one),
    );
  });

  scope.get<OneDomain>('/SIP/Domains/:sid.json', async (request) => {
    fields(request.query, {});
    return present.sip.domain(find(request));
  });

  scope.post<OneDomain>('/SIP/Domains/:sid.json', async (request) => {
    const read = fields(request.body, WRITE);
    const before = find(request);
    if (read.DomainName !== undefined) mustBeFree(read.DomainName, before.sid);
    const record: SipDomainRecord = {
      ...before,
      domainName: read.DomainName ?? before.domainName,
      friendlyName: read.FriendlyName ?? before.friendlyName,
      sipRegistration: read.SipRegistration ?? before.sipRegistration,
      ...voice(read, before),
      updatedAt: Date.now(),
    };
    ledger.sipDomains.save(record);
    return present.sip.domain(record);
  });

  scope.delete<OneDomain>('/SIP/Domains/:sid.json', async (request, reply) => {
    fields(request.query, {});
    ledger.sipDomains.forget(find(request).sid);
    return reply.code(204).send();
  });
}

/** Domains have other names for two of the fields that applications and numbers have. */
function voice(read: Read, before: SipDomainRecord | null) {
  const { VoiceStatusCallbackUrl, VoiceStatusCallbackMethod, ...rest } = read;
  const callback = {
    StatusCallback: VoiceStatusCallbackUrl,
    StatusCallbackMethod: VoiceStatusCallbackMethod,
  };
  return voiceSettings({ ...rest, ...callback }, before);
}
