import { readFileSync } from 'node:fs';
import { join } from 'node:path';

interface Schema {
  type?: 'string' | 'integer' | 'number' | 'boolean' | 'object' | 'array';
  format?: string;
  nullable?: boolean;
  enum?: string[];
  pattern?: string;
  minLength?: number;
  maxLength?: number;
  items?: Schema;
  $ref?: string;
  properties?: Record<string, Schema>;
}

/** One documented operation; `path` is relative to the account's. */
export interface Operation {
  id: string;
  method: 'GET' | 'POST' | 'DELETE';
  path: string;
  parameters: string[];
  answers: Record<string, Schema | null>;
}

const { operations, schemas } = JSON.parse(
  readFileSync(join(import.meta.dirname, 'twilio-openapi.json'), 'utf8'),
) as { operations: Operation[]; schemas: Record<string, Schema> };

export const OPERATIONS: readonly Operation[] = operations;

/**
 * Throws when an answer is not what Twilio's OpenAPI description says, with everything that is
 * wrong about it. `path` is the whole path of the request. Stricter than the description in one
 * point: every documented property must be there, and no other.
 */
export function checkAnswer(method: string, path: string, status: number, body: unknown): void {
  const rest = /^\/2010-04-01\/Accounts\/\w+([/.].*)$/.exec(path)?.[1];
  const wrong: string[] = [];
  if (status >= 400) checkProblem(body, status, wrong);
  else {
    const operation = rest === undefined ? undefined : operationOf(method, rest);
    const schema = operation?.answers[String(status)];
    if (!operation) wrong.push('no such operation is documented');
    else if (schema === undefined) wrong.push(`status ${status} is not documented`);
    else if (schema !== null) check(body, schema, 'answer', wrong);
    else if (body !== '' && body !== undefined) wrong.push('there is no body in this answer');
  }
  if (wrong.length > 0) {
    throw new Error(`${method} ${path} is not as Twilio describes it:\n${wrong.join('\n')}`);
  }
}

export function operationOf(method: string, path: string): Operation | undefined {
  return operations.find(
    (one) => one.method === method && patternOf(one.path).test(path.split('?')[0] ?? ''),
  );
}

function patternOf(path: string): RegExp {
  const escaped = path.replaceAll('.', '\\.').replace(/\{\w+\}/g, '[^/]+?');
  return new RegExp(`^${escaped}$`);
}

/** https://www.twilio.com/docs/usage/twilios-response#response-formats-exceptions */
function checkProblem(body: unknown, status: number, wrong: string[]): void {
  const problem = (body ?? {}) as Record<string, unknown>;
  if (problem.status !== status) wrong.push(`status ${String(problem.status)} is not ${status}`);
  if (!Number.isInteger(problem.code)) wrong.push('code is no whole number');
  if (typeof problem.message !== 'string' || problem.message === '') wrong.push('no message');
  if (problem.more_info !== `https://www.twilio.com/docs/errors/${String(problem.code)}`) {
    wrong.push(`more_info is ${String(problem.more_info)}`);
  }
}

function check(value: unknown, schema: Schema, at: string, wrong: string[]): void {
  // OpenAPI 3.0 cannot say "nullable" beside a $ref; Twilio answers null where nothing is known yet.
  if (schema.$ref !== undefined && value === null) return;
  if (schema.$ref !== undefined) return check(value, schemas[schema.$ref] ?? {}, at, wrong);
  if (value === null || value === undefined) {
    if (value === undefined || schema.nullable !== true) wrong.push(`${at} is ${String(value)}`);
    return;
  }
  const type = Array.isArray(value) ? 'array' : typeof value;
  const expected = schema.type === 'integer' ? 'number' : schema.type;
  if (expected !== undefined && type !== expected) {
    wrong.push(`${at} is ${type}, not ${expected}`);
    return;
  }
  if (schema.type === 'integer' && !Number.isInteger(value)) wrong.push(`${at} is not whole`);
  if (typeof value === 'string') checkText(value, schema, at, wrong);
  if (Array.isArray(value) && schema.items) {
    const { items } = schema;
    value.forEach((one, index) => check(one, items, `${at}[${index}]`, wrong));
  }
  if (type === 'object' && schema.properties) {
    checkObject(value as Record<string, unknown>, schema.properties, at, wrong);
  }
}

function checkObject(
  value: Record<string, unknown>,
  properties: Record<string, Schema>,
  at: string,
  wrong: string[],
): void {
  for (const name of Object.keys(value)) {
    if (!(name in properties)) wrong.push(`${at}.${name} is not documented`);
  }
  for (const [name, schema] of Object.entries(properties)) {
    check(value[name], schema, `${at}.${name}`, wrong);
  }
}

const FORMATS: Readonly<Record<string, RegExp>> = {
  'date-time-rfc-2822': /^(Mon|Tue|Wed|Thu|Fri|Sat|Sun), \d\d \w{3} \d{4} \d\d:\d\d:\d\d \+0000$/,
  uri: /^(https?:\/\/|\/)\S+$/,
  'phone-number': /^\+\d{6,15}$/,
  currency: /^[A-Z]{3}$/i,
};

function checkText(value: string, schema: Schema, at: string, wrong: string[]): void {
  const { pattern, format, minLength = 0, maxLength = Infinity } = schema;
  if (schema.enum?.includes(value) === false) wrong.push(`${at} is ${value}`);
  if (pattern !== undefined && !new RegExp(pattern).test(value)) wrong.push(`${at}: ${value}`);
  if (value.length < minLength || value.length > maxLength) wrong.push(`${at}: ${value}`);
  if (format !== undefined && FORMATS[format]?.test(value) === false) {
    wrong.push(`${at} is no ${format}: ${value}`);
  }
}
