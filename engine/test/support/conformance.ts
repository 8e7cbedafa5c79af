import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ACCOUNT, type House } from './house.ts';
import { OPERATIONS, type Operation } from './openapi.ts';

export interface Verdict {
  operation: Operation;
  /** False: the engine does not have it; nothing else is known then. */
  supported: boolean;
  parameters: { name: string; supported: boolean }[];
}

/**
 * Asks a running engine about every documented operation and parameter. Nothing is carried out: a
 * parameter that nobody knows is always refused by name, and where it is not, there is no such
 * resource.
 */
export async function verdicts(house: House): Promise<Verdict[]> {
  const all: Verdict[] = [];
  for (const operation of OPERATIONS) {
    const refused = await refusedOf(house, operation, ['Nobody', ...operation.parameters]);
    const supported = refused.has('Nobody');
    const parameters = operation.parameters.map((name) => {
      return { name, supported: supported && !refused.has(name) };
    });
    all.push({ operation, supported, parameters });
  }
  return all;
}

async function refusedOf(house: House, one: Operation, names: string[]): Promise<Set<string>> {
  const { TWILIO_ACCOUNT_SID: sid, TWILIO_AUTH_TOKEN: token } = ACCOUNT;
  const path = one.path.replace(/\{\w+\}/g, `XX${'0'.repeat(32)}`);
  const form = new URLSearchParams(names.map((name): [string, string] => [name, '?']));
  const post = one.method === 'POST';
  const query = post ? '' : `?${form.toString()}`;
  const reply = await fetch(`${house.url}/2010-04-01/Accounts/${sid}${path}${query}`, {
    method: one.method,
    headers: { authorization: `Basic ${Buffer.from(`${sid}:${token}`).toString('base64')}` },
    ...(post ? { body: form } : {}),
  });
  const { message } = (await reply.json()) as { message: string };
  const list = /does not support the parameter (.*)$/.exec(message)?.[1];
  return new Set(list?.split(', ') ?? []);
}

/** The same as a table for people. */
export function table(all: readonly Verdict[]): string {
  const rows = all.map(({ operation, supported, parameters }) => {
    const names = (wanted: boolean) =>
      parameters
        .filter((one) => one.supported === wanted)
        .map(({ name }) => `\`${name}\``)
        .join(' ');
    const what = `${operation.method} \`${operation.path}\``;
    return supported
      ? `| ${what} | ${names(true) || 'yes'} | ${names(false)} |`
      : `| ${what} | | the whole resource |`;
  });
  return ['| REST | supported | refused by name |', '| --- | --- | --- |', ...rows].join('\n');
}

const README = join(import.meta.dirname, '../../README.md');
const BEGIN = '<!-- rest: made by engine/test/conformance.test.ts -->';
const END = '<!-- /rest -->';

/** The table that stands in the README. */
export function writtenTable(): string {
  const [, rest = ''] = readFileSync(README, 'utf8').split(BEGIN);
  return (rest.split(END)[0] ?? '').trim();
}

export function writeTable(text: string): void {
  const readme = readFileSync(README, 'utf8');
  const [before = '', rest = ''] = readme.split(BEGIN);
  const [, after = ''] = rest.split(END);
  writeFileSync(README, `${before}${BEGIN}\n\n${text}\n\n${END}${after}`);
}
