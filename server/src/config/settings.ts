import { z } from 'zod';

/** The shapes a setting in the environment can have. Messages follow its name: "PORT must be …". */
export const text = z.string().trim().min(1);

export function number(min: number, max: number) {
  const problem = `must be a number from ${min} to ${max}`;
  return z
    .string()
    .regex(/^[0-9]+(\.[0-9]+)?$/, problem)
    .transform(Number)
    .pipe(z.number().min(min, problem).max(max, problem));
}

export const yesOrNo = z
  .enum(['yes', 'no', 'true', 'false', '1', '0'], { error: 'must be yes or no' })
  .transform((value) => value === 'yes' || value === 'true' || value === '1');

/** "a, b" → ["a", "b"]; "none" → []. */
export const list = z.string().transform((value) =>
  value.trim() === 'none'
    ? []
    : value
        .split(',')
        .map((part) => part.trim())
        .filter((part) => part !== ''),
);

const PREFIX = /^\+[1-9][0-9]{0,14}$/;
export const prefixes = list.refine((parts) => parts.every((part) => PREFIX.test(part)), {
  error: 'must be beginnings of numbers with their country, such as +449,+4470',
});

/** An http(s) address without path; comes out without a trailing slash. */
export const httpUrl = url(['http:', 'https:'], 'must be an address such as https://calls.example');
export const webSocketUrl = url(['ws:', 'wss:'], 'must be an address such as ws://127.0.0.1:3002');

const HOST = /^[a-z0-9]([a-z0-9.-]{0,251}[a-z0-9])?$/i;
export const hostName = z
  .string()
  .trim()
  .regex(HOST, 'must be a host name such as acme.sip.twilio.com')
  .toLowerCase();

/** "sip.example.com:5060", or ":5060" where the host follows from elsewhere. */
export const hostAndPort = z
  .string()
  .trim()
  .regex(/^[^:]*:[0-9]{1,5}$/, 'must be a host and a port such as sip.example.com:5060')
  .transform((value) => {
    const [host = '', port] = value.split(':');
    return { host: host === '' ? null : host, port: Number(port) };
  })
  .refine(({ host, port }) => (host === null || HOST.test(host)) && port >= 1 && port <= 65_535, {
    error: 'must be a host and a port such as sip.example.com:5060',
  });

function url(protocols: string[], problem: string) {
  return z
    .string()
    .trim()
    .refine((value) => isBase(value, protocols), { error: problem })
    .transform((value) => value.replace(/\/+$/, ''));
}

function isBase(value: string, protocols: string[]): boolean {
  if (!URL.canParse(value)) return false;
  const { protocol, pathname, search, hash, username } = new URL(value);
  return protocols.includes(protocol) && `${pathname}${search}${hash}${username}` === '/';
}

/** Zod's own `default` wants the value before the transformation; settings read better after it. */
export function withDefault<T extends z.ZodType>(shape: T, value: z.output<T>) {
  return shape.optional().transform((read): z.output<T> => (read === undefined ? value : read));
}
