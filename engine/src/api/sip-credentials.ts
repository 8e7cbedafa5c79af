import { z } from 'zod';
import type { Ledger } from '../journal/ledger.ts';
import { ha1Of, weaknessOf } from '../registrar/credentials.ts';
import type { CredentialListRecord, CredentialRecord } from '../registrar/sip-records.ts';
import { newSid } from '../sid.ts';
import type { Api } from './app.ts';
import { fields } from './fields.ts';
import { page, PAGE_FIELDS } from './paging.ts';
import type { Presenter } from './present.ts';
import { ApiProblem, notFound } from './problem.ts';

const password = z.string().superRefine((text, context) => {
  const weakness = weaknessOf(text);
  if (weakness !== null) context.addIssue(weakness);
});
const CREATE = {
  // As it stands in an address (RFC 3261 §25.1), without what would have to be escaped there.
  Username: z
    .string()
    .max(32)
    .regex(/^[\w.+-]+$/, 'is not made of letters, digits and . _ + -'),
  Password: password,
} as const;
const UPDATE = { Password: password } as const;

export interface SipAccountParts {
  ledger: Ledger;
  present: Presenter;
  /** Told when somebody may register, or call, who could not before, or the other way round. */
  changed: () => void;
}

interface Credentials {
  Params: { list: string };
}
interface OneCredential {
  Params: { list: string; sid: string };
}

/** https://www.twilio.com/docs/voice/sip/api/sip-credential-resource */
export function sipCredentialRoutes(
  scope: Api,
  { ledger, present, changed }: SipAccountParts,
): void {
  const findList = ({ url, params }: { url: string; params: { list: string } }) => {
    const list = ledger.credentialLists.get(params.list);
    if (!list) throw notFound(url);
    return list;
  };
  const find = (request: { url: string; params: OneCredential['Params'] }) => {
    const list = findList(request);
    const credential = list.credentials.find(({ sid }) => sid === request.params.sid);
    if (!credential) throw notFound(request.url);
    return { list, credential };
  };
  const save = (list: CredentialListRecord, credentials: CredentialRecord[]) => {
    ledger.credentialLists.save({ ...list, credentials, updatedAt: Date.now() });
    changed();
  };

  scope.post<Credentials>('/SIP/CredentialLists/:list/Credentials.json', async (request, reply) => {
    const { Username: username, Password } = fields(request.body, CREATE);
    const list = findList(request);
    if (list.credentials.some((one) => one.username === username)) {
      throw new ApiProblem(400, 20_001, `Invalid parameter Username: ${username} exists already`);
    }
    const now = Date.now();
    const ha1 = ha1Of(username, Password);
    const credential = { sid: newSid('CR'), username, ha1, createdAt: now, updatedAt: now };
    save(list, [...list.credentials, credential]);
    return reply.code(201).send(present.sip.credential(credential, list.sid));
  });

  scope.get<Credentials>('/SIP/CredentialLists/:list/Credentials.json', async (request) => {
    const read = fields(request.query, PAGE_FIELDS);
    const list = findList(request);
    const newest = [...list.credentials].reverse();
    const path = present.path(`/SIP/CredentialLists/${list.sid}/Credentials.json`);
    const place = { path, query: request.query };
    const show = (one: CredentialRecord) => present.sip.credential(one, list.sid);
    return page('credentials', newest, () => true, read, place, show);
  });

  scope.get<OneCredential>('/SIP/CredentialLists/:list/Credentials/:sid.json', async (request) => {
    fields(request.query, {});
    const { list, credential } = find(request);
    return present.sip.credential(credential, list.sid);
  });

  scope.post<OneCredential>('/SIP/CredentialLists/:list/Credentials/:sid.json', async (request) => {
    const read = fields(request.body, UPDATE);
    const { list, credential } = find(request);
    const ha1 = ha1Of(credential.username, read.Password);
    const changed = { ...credential, ha1, updatedAt: Date.now() };
    save(
      list,
      list.credentials.map((one) => (one === credential ? changed : one)),
    );
    return present.sip.credential(changed, list.sid);
  });

  scope.delete<OneCredential>(
    '/SIP/CredentialLists/:list/Credentials/:sid.json',
    async (request, reply) => {
      fields(request.query, {});
      const { list, credential } = find(request);
      save(
        list,
        list.credentials.filter((one) => one !== credential),
      );
      return reply.code(204).send();
    },
  );
}
