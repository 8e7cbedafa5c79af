/**
 * Takes the voice resources out of Twilio's OpenAPI description
 * (https://github.com/twilio/twilio-oai, twilio_api_v2010.json, MIT licence), without the prose:
 * `node --import tsx engine/test/support/make-openapi.ts path/to/twilio_api_v2010.json`
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

type Json = Record<string, unknown>;
interface Operation {
  operationId: string;
  parameters?: { in: string; name: string }[];
  requestBody?: { content: Record<string, { schema: { properties?: Json } }> };
  responses: Record<string, { content?: Record<string, { schema: Json }> }>;
}

const ACCOUNT = '/2010-04-01/Accounts/{AccountSid}';
const WANTED =
  /^(\.json$|\/(Calls|Conferences|Recordings|Applications|IncomingPhoneNumbers|Notifications|Queues|SIP)\b)/;
/** No voice, or sold by Twilio's partners, or an older name of the same. */
const UNWANTED = new RegExp(
  [
    /AddOn|AssignedAddOns|\/(Local|Mobile|TollFree)\.json|Recordings\/.*Transcriptions/,
    /IpAccessControlList|\/SIP\/Domains\/\{DomainSid\}\/CredentialListMappings/,
    /\/Auth(\/Calls|\/Registrations)?\.json/,
  ]
    .map(({ source }) => source)
    .join('|'),
);
const KEPT = new Set(
  [
    'type',
    'format',
    'nullable',
    'enum',
    'pattern',
    'minLength',
    'maxLength',
    'items',
    '$ref',
  ].concat(['properties', 'additionalProperties']),
);

const description = JSON.parse(readFileSync(process.argv[2] ?? '', 'utf8')) as {
  paths: Record<string, Record<string, Operation>>;
  components: { schemas: Record<string, Json> };
};
const schemas: Json = {};
const operations = Object.entries(description.paths)
  // The account's own sid is called otherwise than where it is a part of the path.
  .map(
    ([path, methods]) =>
      [path.replace('Accounts/{Sid}', 'Accounts/{AccountSid}'), methods] as const,
  )
  .filter(([path]) => path.startsWith(ACCOUNT))
  .map(([path, methods]) => [path.slice(ACCOUNT.length), methods] as const)
  .filter(([path]) => WANTED.test(path) && !UNWANTED.test(path))
  .flatMap(([path, methods]) =>
    (['get', 'post', 'delete'] as const).flatMap((method) => {
      const operation = methods[method];
      return operation ? [described(path, method, operation)] : [];
    }),
  );
const out = join(import.meta.dirname, 'twilio-openapi.json');
writeFileSync(out, `${JSON.stringify({ operations, schemas }, null, 2)}\n`);

function described(path: string, method: string, operation: Operation): Json {
  const query = (operation.parameters ?? []).filter((one) => one.in === 'query');
  const form = operation.requestBody?.content['application/x-www-form-urlencoded']?.schema;
  const answers = Object.entries(operation.responses).map(([status, { content }]) => {
    const schema = Object.values(content ?? {})[0]?.schema;
    return [status, schema ? slim(schema) : null];
  });
  return {
    id: operation.operationId,
    method: method.toUpperCase(),
    path,
    parameters: [...query.map(({ name }) => name), ...Object.keys(form?.properties ?? {})],
    answers: Object.fromEntries(answers) as Json,
  };
}

function slim(schema: Json): Json {
  const kept = Object.entries(schema).filter(([key]) => KEPT.has(key));
  return Object.fromEntries(
    kept.map(([key, value]) => {
      if (key === '$ref') {
        const name = String(value).split('/').at(-1) ?? '';
        if (!(name in schemas)) {
          schemas[name] = {};
          schemas[name] = slim(description.components.schemas[name] ?? {});
        }
        return [key, name];
      }
      if (key === 'properties') {
        const inside = Object.entries(value as Record<string, Json>);
        return [key, Object.fromEntries(inside.map(([name, one]) => [name, slim(one)]))];
      }
      return [key, key === 'items' ? slim(value as Json) : value];
    }),
  );
}
