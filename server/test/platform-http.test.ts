import { once } from 'node:events';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { brotliCompressSync, gzipSync } from 'node:zlib';
import {
  ErrorBody,
  type ApiKeyCreated,
  type InvitationCreated,
  type Team,
} from '@offhook/contract';
import { afterEach, describe, expect, test } from 'vitest';
import type { Answer, Client } from '../../test/support/client.ts';
import { describedBy, fitsTo } from '../../test/support/api-description.ts';
import { codeOf, openPlatform, type Platform } from './platform.ts';

let platform: Platform;
afterEach(async () => platform.close());

async function opened(env?: Record<string, string>): Promise<Client> {
  platform = await openPlatform(env);
  const administrator = platform.visitor();
  await administrator.okSetUp();
  return administrator;
}

describe('bad input', () => {
  test('each kind has its code, and says which field', async () => {
    const administrator = await opened();
    const unknown = await administrator.post('/api/teams', { name: 'A', colour: 'red' });
    expect(unknown.body).toMatchObject({
      error: { code: 'request.invalid', fields: { colour: 'We do not know this field.' } },
    });
    const missing = await administrator.post('/api/teams', {});
    expect(missing.body).toMatchObject({ error: { fields: { name: 'This is missing.' } } });
    const worded = await administrator.post('/api/teams', { name: ' ' });
    expect(worded.body).toMatchObject({ error: { fields: { name: 'Please give a name.' } } });
    const wrong = await administrator.post('/api/teams', { name: 7 });
    expect(wrong.body).toMatchObject({
      error: { fields: { name: 'This is not as it should be: we expected a string.' } },
    });
    for (const answer of [unknown, missing, worded, wrong]) expect(answer.status).toBe(422);
    const nowhere = await administrator.get('/api/nowhere');
    expect([nowhere.status, codeOf(nowhere)]).toEqual([404, 'request.not_found']);
    const method = await administrator.delete('/api/teams');
    expect([method.status, codeOf(method)]).toEqual([404, 'request.not_found']);
  });

  test('what is not JSON, or too much of it', async () => {
    const administrator = await opened();
    const malformed = await sendRaw(administrator, '{"name": ', 'application/json');
    expect([malformed.status, codeOf(malformed)]).toEqual([400, 'request.malformed']);
    const proto = await sendRaw(administrator, '{"__proto__": {}}', 'application/json');
    expect([proto.status, codeOf(proto)]).toEqual([400, 'request.malformed']);
    const form = await sendRaw(administrator, 'name=A', 'application/x-www-form-urlencoded');
    expect([form.status, codeOf(form)]).toEqual([400, 'request.malformed']);
    const empty = await sendRaw(administrator, '', 'application/json');
    expect([empty.status, codeOf(empty)]).toEqual([422, 'request.invalid']);
    const large = await sendRaw(
      administrator,
      JSON.stringify('x'.repeat(300_000)),
      'application/json',
    );
    expect([large.status, codeOf(large)]).toEqual([413, 'request.too_large']);
    for (const answer of [malformed, proto, form, empty, large]) ErrorBody.parse(answer.body);
  });

  async function sendRaw(client: Client, body: string, type: string): Promise<Answer> {
    const response = await fetch(`${client.url}/api/teams`, {
      method: 'POST',
      headers: { cookie: client.cookie, 'content-type': type },
      body,
    });
    return { status: response.status, headers: response.headers, body: await response.json() };
  }
});

describe('the API description', () => {
  test('names every route, and what is answered is what it says', async () => {
    const administrator = await opened();
    const description = await describedBy(administrator);
    expect(Object.keys(description.paths)).toEqual(
      expect.arrayContaining([
        '/api/session',
        '/api/setup',
        '/api/sign-in',
        '/api/people/{id}',
        '/api/join/{secret}',
        '/api/calls',
        '/api/calls/{id}/hangup',
        '/api/live',
      ]),
    );
    expect(Object.keys(description.paths).filter((path) => !path.startsWith('/api/'))).toEqual([]);
    const open = Object.entries(description.paths).flatMap(([path, methods]) =>
      Object.entries(methods)
        .filter(([, operation]) => operation.security?.length === 0)
        .map(([method]) => `${method} ${path}`),
    );
    expect(open.sort()).toEqual([
      'get /api/join/{secret}',
      'get /api/session',
      'post /api/join/{secret}',
      'post /api/setup',
      'post /api/sign-in',
      'post /api/sign-out',
    ]);

    const fits = fitsTo(description);
    const team = await administrator.post<Team>('/api/teams', { name: 'Sales' });
    const invitation = { email: 'a@example.com', role: 'agent', teamId: team.body.id };
    const invited = await administrator.post<InvitationCreated>('/api/invitations', invitation);
    const secret = invited.body.link.split('/').at(-1) ?? '';
    fits('post', '/api/teams', team);
    fits('post', '/api/teams', await administrator.post('/api/teams', {}));
    fits('post', '/api/invitations', invited);
    fits('get', '/api/invitations', await administrator.get('/api/invitations'));
    fits('get', '/api/join/{secret}', await administrator.get(`/api/join/${secret}`));
    fits('get', '/api/session', await administrator.get('/api/session'));
    fits('get', '/api/people', await administrator.get('/api/people'));
    fits('get', '/api/teams', await administrator.get('/api/teams'));
    const key = await administrator.post<ApiKeyCreated>('/api/api-keys', { name: 'CRM' });
    fits('post', '/api/api-keys', key);
    fits('get', '/api/api-keys', await administrator.get('/api/api-keys'));
    fits('get', '/api/calls', await administrator.get('/api/calls'));
    fits('get', '/api/numbers', await administrator.get('/api/numbers?text=07700900001'));
    fits('get', '/api/people', await platform.visitor().get('/api/people'));
  });
});

describe('the web pages', () => {
  test('are served with a strict policy; unknown addresses are pages, unknown files are not', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'offhook-web-'));
    mkdirSync(join(folder, 'assets'));
    writeFileSync(join(folder, 'index.html'), '<!doctype html><title>Offhook</title>');
    writeFileSync(join(folder, 'assets', 'app-1a2b.js'), 'export {};');
    writeFileSync(join(folder, 'assets', 'app-1a2b.js.br'), brotliCompressSync('export {};'));
    writeFileSync(join(folder, 'index.html.gz'), gzipSync('<!doctype html><title>Offhook</title>'));
    try {
      await opened({ OFFHOOK_WEB: folder });
      const visitor = platform.visitor();
      for (const path of ['/', '/work', '/reports/voice/calls/abc']) {
        const page = await visitor.get(path);
        expect([path, page.status, page.headers.get('cache-control')]).toEqual([
          path,
          200,
          'no-cache',
        ]);
        expect(page.body).toContain('<title>Offhook</title>');
        expect(page.headers.get('content-security-policy')).toContain("script-src 'self';");
        expect(page.headers.get('permissions-policy')).toContain('microphone=(self)');
      }
      const script = await visitor.get('/assets/app-1a2b.js');
      expect(script.headers.get('cache-control')).toContain('immutable');
      const accepting = { 'accept-encoding': 'gzip, br' };
      const small = await visitor.get('/assets/app-1a2b.js', accepting);
      expect(small.headers.get('content-encoding')).toBe('br');
      expect(small.headers.get('cache-control')).toContain('immutable');
      expect(small.headers.get('content-type')).toContain('javascript');
      expect(small.body).toBe('export {};');
      const page = await visitor.get('/work', accepting);
      expect([page.headers.get('content-encoding'), page.headers.get('cache-control')]).toEqual([
        'gzip',
        'no-cache',
      ]);
      expect(page.body).toContain('<title>Offhook</title>');
      for (const path of [
        '/assets/gone.js',
        '/api/nope',
        '/carrier/nope',
        '/..%2f..%2fpackage.json',
      ]) {
        expect([path, (await visitor.get(path)).status]).toEqual([path, 404]);
      }
      expect((await visitor.get('/health')).body).toEqual({ status: 'ok' });
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });
});

describe('the signalling', () => {
  let upstream: Server;
  afterEach(() => {
    upstream.closeAllConnections();
    upstream.close();
  });

  test('is passed on byte for byte, both ways, without our cookies; other upgrades are not', async () => {
    const heads: string[] = [];
    upstream = createServer().on('upgrade', (request, socket) => {
      heads.push(JSON.stringify(request.headers));
      socket.write(
        'HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n',
      );
      socket.on('data', (chunk: Buffer) => socket.write(`echo ${chunk.toString()}`));
    });
    upstream.listen(0, '127.0.0.1');
    await once(upstream, 'listening');
    const { port } = upstream.address() as AddressInfo;
    platform = await openPlatform({ OFFHOOK_SIGNAL_UPSTREAM: `ws://127.0.0.1:${port}` });

    const socket = connect(platform.port, '127.0.0.1');
    socket.setEncoding('utf8');
    socket.write(head('/signal'));
    const first = String(await once(socket, 'data'));
    expect(first).toContain('101 Switching Protocols');
    socket.write('hello');
    expect(String(await once(socket, 'data'))).toBe('echo hello');
    expect(heads.join()).not.toContain('secret-cookie');
    expect(await upgrade(platform.port, '/elsewhere')).toContain('404 Not Found');
    // The server stops although the socket is open.
    const closed = once(socket, 'close');
    await platform.close();
    await closed;
  });

  test('says so when the carrier is not there', async () => {
    upstream = createServer();
    platform = await openPlatform();
    expect(await upgrade(platform.port, '/signal')).toContain('502 Bad Gateway');
  });
});

function head(path: string): string {
  return `GET ${path} HTTP/1.1\r\nHost: localhost\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nCookie: secret-cookie=1\r\n\r\n`;
}

async function upgrade(port: number, path: string): Promise<string> {
  const socket = connect(port, '127.0.0.1');
  socket.write(head(path));
  let text = '';
  socket.on('data', (chunk) => (text += chunk.toString()));
  await once(socket, 'close');
  return text;
}
