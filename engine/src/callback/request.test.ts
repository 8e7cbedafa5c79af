import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import twilio from 'twilio';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { splitOverrides } from './overrides.ts';
import { Requester } from './request.ts';

let requester: Requester;
let server: Server;
let url: string;
let answer: RequestListener;

beforeEach(async () => {
  requester = new Requester('token');
  server = createServer((request, response) => answer(request, response));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterEach(async () => {
  requester.close();
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
});

const ask = (address: string) =>
  requester.ask({ url: address, method: 'POST', fields: { A: '1' }, maxBytes: 100 });

describe('connection overrides', () => {
  it('are read from the fragment, within their ranges', () => {
    expect(splitOverrides('http://a/b#rc=3&rp=4xx,rt&ct=200&rt=99999').overrides).toEqual({
      connectMs: 200,
      readMs: 15_000,
      totalMs: 15_000,
      retries: 3,
      retryOn: new Set(['4xx', 'rt']),
    });
    expect(splitOverrides('http://a/b').overrides.retryOn).toEqual(new Set(['ct']));
    expect(splitOverrides('http://a/b#rp=all&rc=9')).toMatchObject({
      url: 'http://a/b',
      overrides: { retries: 1 },
    });
  });
});

describe('asking an application', () => {
  it('repeats what the overrides ask for, with one token, and nothing else', async () => {
    const tokens: unknown[] = [];
    answer = (request, response) => {
      tokens.push(request.headers['i-twilio-idempotency-token']);
      response.writeHead(tokens.length < 3 ? 503 : 200).end();
    };
    await ask(`${url}/x#rc=5&rp=5xx`);
    expect(tokens).toHaveLength(3);
    expect(new Set(tokens).size).toBe(1);
    tokens.length = 0;
    await expect(ask(`${url}/x`)).rejects.toMatchObject({ code: 11200, kind: '5xx', status: 503 });
    expect(tokens).toHaveLength(1);
  });

  it.each([
    ['', '/'],
    ['/a b?c=ü', '/a%20b?c=%C3%BC'],
    ["/a?b='c'", '/a?b=%27c%27'],
    ['/a?', '/a'],
    ['/a?b=1#rc=2', '/a?b=1'],
  ])('signs what is asked of it, also of the address "%s"', async (rest, asked) => {
    const seen: unknown[] = [];
    answer = (request, response) => {
      const { host, authorization, 'x-twilio-signature': signature } = request.headers;
      const whole = `http://${host}${request.url}`;
      const fields = request.method === 'POST' ? { A: '1' } : {};
      const valid = twilio.validateRequest('token', String(signature), whole, fields);
      seen.push([request.method, valid, authorization]);
      if (request.method === 'POST') expect(request.url).toBe(asked);
      response.end();
    };
    const basic = `Basic ${Buffer.from('ada:pass').toString('base64')}`;
    const address = `${url.replace('http://', 'HTTP://ada:pass@')}${rest}`;
    await ask(address);
    await requester.ask({ url: address, method: 'GET', fields: { A: '1' }, maxBytes: 100 });
    expect(seen).toEqual([
      ['POST', true, basic],
      ['GET', true, basic],
    ]);
  });

  it('follows a redirect as a GET without fields', async () => {
    const seen: string[] = [];
    answer = (request, response) => {
      seen.push(`${request.method} ${request.url}`);
      if (request.url === '/a') response.writeHead(302, { location: '/b?c=1' }).end();
      else response.end('here');
    };
    expect(await ask(`${url}/a`)).toMatchObject({ url: `${url}/b?c=1` });
    expect(seen).toEqual(['POST /a', 'GET /b?c=1']);
    answer = (_, response) => response.writeHead(302, { location: '/a' }).end();
    await expect(ask(`${url}/a`)).rejects.toMatchObject({ code: 11215 });
  });

  it('gives up on an application that is slow, talks too much or is not there', async () => {
    answer = () => undefined;
    const begun = Date.now();
    await expect(ask(`${url}/a#rt=150`)).rejects.toMatchObject({ kind: 'rt' });
    expect(Date.now() - begun).toBeLessThan(1_500);
    answer = (_, response) => response.end('x'.repeat(101));
    await expect(ask(`${url}/a`)).rejects.toMatchObject({ code: 11206 });
    await expect(ask('http://127.0.0.1:1/')).rejects.toMatchObject({ kind: 'ct', code: 11205 });
  });

  it('notices a stop from outside', async () => {
    answer = () => undefined;
    const abort = new AbortController();
    const asked = requester.ask({
      url,
      method: 'GET',
      fields: {},
      maxBytes: 100,
      signal: abort.signal,
    });
    abort.abort();
    await expect(asked).rejects.toMatchObject({ name: 'AbortError' });
  });

  it('does not ask again on a kept connection once it is closed', async () => {
    let count = 0;
    let asked!: () => void;
    const second = new Promise<void>((resolve) => (asked = resolve));
    answer = (_, response) => {
      count += 1;
      if (count === 1) response.end();
      else asked();
    };
    await ask(`${url}/a`);
    const hanging = ask(`${url}/a`);
    await second;
    requester.close();
    await expect(hanging).rejects.toMatchObject({ code: 11200 });
    expect(count).toBe(2);
  });
});
