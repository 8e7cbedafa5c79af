import { z } from 'zod';
import type { ListMapping, SipDomainRecord } from '../registrar/sip-records.ts';
import type { Api } from './app.ts';
import { fields } from './fields.ts';
import { page, PAGE_FIELDS } from './paging.ts';
import { ApiProblem, notFound } from './problem.ts';
import type { SipAccountParts } from './sip-credentials.ts';

interface Mappings {
  Params: { domain: string };
}
interface OneMapping {
  Params: { domain: string; sid: string };
}

/**
 * Which credential lists a domain takes, to call and to register:
 * https://www.twilio.com/docs/voice/sip/api/sip-domain-resource#auth-subresources
 */
export function sipMappingRoutes(scope: Api, parts: SipAccountParts): void {
  mappingRoutes(scope, 'Calls', 'callLists', parts);
  mappingRoutes(scope, 'Registrations', 'registrationLists', parts);
}

function mappingRoutes(
  scope: Api,
  kind: 'Calls' | 'Registrations',
  key: 'callLists' | 'registrationLists',
  { ledger, present, changed }: SipAccountParts,
): void {
  const all = `/SIP/Domains/:domain/Auth/${kind}/CredentialListMappings.json`;
  const one = `/SIP/Domains/:domain/Auth/${kind}/CredentialListMappings/:sid.json`;
  const findDomain = ({ url, params }: { url: string; params: { domain: string } }) => {
    const domain = ledger.sipDomains.get(params.domain);
    if (!domain) throw notFound(url);
    return domain;
  };
  const find = (request: { url: string; params: OneMapping['Params'] }) => {
    const domain = findDomain(request);
    const mapping = domain[key].find(({ listSid }) => listSid === request.params.sid);
    if (!mapping) throw notFound(request.url);
    return { domain, mapping };
  };
  const save = (domain: SipDomainRecord, mappings: ListMapping[]) => {
    ledger.sipDomains.save({ ...domain, [key]: mappings, updatedAt: Date.now() });
    changed();
  };
  const show = (mapping: ListMapping) =>
    present.sip.credentialListMapping(mapping, ledger.credentialLists.get(mapping.listSid) ?? null);

  scope.post<Mappings>(all, async (request, reply) => {
    const read = fields(request.body, { CredentialListSid: z.string() });
    const domain = findDomain(request);
    const listSid = read.CredentialListSid;
    if (!ledger.credentialLists.has(listSid)) {
      const why = `Invalid parameter CredentialListSid: there is no ${listSid}`;
      throw new ApiProblem(400, 20_001, why);
    }
    if (domain[key].some((mapping) => mapping.listSid === listSid)) {
      const why = `Invalid parameter CredentialListSid: ${domain.domainName} has ${listSid} already`;
      throw new ApiProblem(400, 20_001, why);
    }
    const mapping = { listSid, createdAt: Date.now() };
    save(domain, [...domain[key], mapping]);
    return reply.code(201).send(show(mapping));
  });

  scope.get<Mappings>(all, async (request) => {
    const read = fields(request.query, PAGE_FIELDS);
    const domain = findDomain(request);
    const newest = domain[key].map((mapping) => ({ ...mapping, sid: mapping.listSid })).reverse();
    const path = present.path(all.replace(':domain', domain.sid));
    return page('contents', newest, () => true, read, { path, query: request.query }, show);
  });

  scope.get<OneMapping>(one, async (request) => {
    fields(request.query, {});
    return show(find(request).mapping);
  });

  scope.delete<OneMapping>(one, async (request, reply) => {
    fields(request.query, {});
    const { domain, mapping } = find(request);
    save(
      domain,
      domain[key].filter((kept) => kept !== mapping),
    );
    return reply.code(204).send();
  });
}
