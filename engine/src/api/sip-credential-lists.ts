import { z } from 'zod';
import type { Ledger } from '../journal/ledger.ts';
import { newSid } from '../sid.ts';
import type { Api } from './app.ts';
import { fields } from './fields.ts';
import { page, PAGE_FIELDS } from './paging.ts';
import type { Presenter } from './present.ts';
import { ApiProblem, notFound } from './problem.ts';

const WRITE = { FriendlyName: z.string().min(1).max(64) } as const;

interface OneList {
  Params: { sid: string };
}

/** https://www.twilio.com/docs/voice/sip/api/sip-credentiallist-resource */
export function sipCredentialListRoutes(
  scope: Api,
  { ledger, present }: { ledger: Ledger; present: Presenter },
): void {
  const find = ({ url, params }: { url: string; params: OneList['Params'] }) => {
    const record = ledger.credentialLists.get(params.sid);
    if (!record) throw notFound(url);
    return record;
  };

  scope.post('/SIP/CredentialLists.json', async (request, reply) => {
    const { FriendlyName: friendlyName } = fields(request.body, WRITE);
    const now = Date.now();
    const record = {
      sid: newSid('CL'),
      friendlyName,
      credentials: [],
      createdAt: now,
      updatedAt: now,
    };
    ledger.credentialLists.save(record);
    return reply.code(201).send(present.sip.credentialList(record));
  });

  scope.get('/SIP/CredentialLists.json', async (request) => {
    const read = fields(request.query, PAGE_FIELDS);
    const newest = ledger.credentialLists.newestFirst();
    const place = { path: present.path('/SIP/CredentialLists.json'), query: request.query };
    const all = () => true;
    return page('credential_lists', newest, all, read, place, (one) =>
      present.sip.credentialList(one),
    );
  });

  scope.get<OneList>('/SIP/CredentialLists/:sid.json', async (request) => {
    fields(request.query, {});
    return present.sip.credentialList(find(request));
  });

  scope.post<OneList>('/SIP/CredentialLists/:sid.json', async (request) => {
    const { FriendlyName: friendlyName } = fields(request.body, WRITE);
    const record = { ...find(request), friendlyName, updatedAt: Date.now() };
    ledger.credentialLists.save(record);
    return present.sip.credentialList(record);
  });

  scope.delete<OneList>('/SIP/CredentialLists/:sid.json', async (request, reply) => {
    fields(request.query, {});
    const { sid } = find(request);
    const domain = [...ledger.sipDomains.values()].find(({ callLists, registrationLists }) =>
      [...callLists, ...registrationLists].some(({ listSid }) => listSid === sid),
    );
    if (domain) {
      const why = `${domain.domainName} uses this credential list: take it out there first`;
      throw new ApiProblem(400, 20_001, why);
    }
    ledger.credentialLists.forget(sid);
    return reply.code(204).send();
  });
}
