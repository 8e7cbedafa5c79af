import { request } from 'node:http';
import type { Session, TeamsAnswer } from '@offhook/contract';
import { afterEach, describe, expect, test } from 'vitest';
import { ADMINISTRATOR, type Answer, type Client } from '../../test/support/client.ts';
import { SETUP_TOKEN, auditActions, codeOf, openPlatform, type Platform } from './platform.ts';

let platform: Platform;
afterEach(async () => platform.close());

async function opened(env?: Record<string, string>): Promise<Client> {
  platform = await openPlatform(env);
  const administrator = platform.visitor();
  await administrator.okSetUp();
  return administrator;
}

describe('the first visit', () => {
  test('makes the first administrator, who is signed in, and then never again', async () => {
    platform = await openPlatform();
    const visitor = platform.visitor();
    const before = (await visitor.get<Session>('/api/session')).body;
    expect(before).toEqual({
      setupNeeded: true,
      setupTokenNeeded: false,
      person: null,
      phone: null,
    });
    const session = await visitor.okSetUp();
    expect(session.person).toMatchObject({ name: 'Grace Hopper', role: 'administrator' });
    expect(session.phone?.signalHost).toBe(`localhost:${platform.port}`);
    expect((await visitor.get<Session>('/api/session')).body).toEqual(session);

    const late = await platform.visitor().post('/api/setup', ADMINISTRATOR);
    expect([late.status, codeOf(late)]).toEqual([409, 'setup.already_done']);
    expect(await auditActions(platform)).toEqual(['setup.done', 'session.signed_in']);
  });

  test('of ten at once, one becomes the administrator', async () => {
    platform = await openPlatform();
    const answers = await Promise.all(
      Array.from({ length: 10 }, (_, index) =>
        platform.visitor().post('/api/setup', { ...ADMINISTRATOR, email: `p${index}@example.com` }),
      ),
    );
    expect(answers.map((answer) => answer.status).sort()).toEqual([
      201,
      ...Array.from({ length: 9 }, () => 409),
    ]);
  });

  test.each([
    ['through a proxy', { 'x-forwarded-for': '203.0.113.9' }],
    ['under a name that points here', { host: 'offhook.example.com' }],
  ])('from elsewhere (%s) it needs the token from the log', async (_, headers) => {
    platform = await openPlatform();
    const asked = await raw('GET', '/api/session', headers);
    expect(asked.body).toMatchObject({ setupNeeded: true, setupTokenNeeded: true });
    const without = await raw('POST', '/api/setup', headers, ADMINISTRATOR);
    expect([without.status, codeOf(without as Answer)]).toEqual([403, 'setup.token_required']);
    const wrong = await raw('POST', '/api/setup', headers, { ...ADMINISTRATOR, token: 'guess' });
    expect(wrong.status).toBe(403);
    expect(platform.log.join('')).toContain(SETUP_TOKEN);
    const right = await raw('POST', '/api/setup', headers, {
      ...ADMINISTRATOR,
      token: SETUP_TOKEN,
    });
    expect(right.status).toBe(201);
  });

  async function raw(method: string, path: string, headers: object, body?: unknown) {
    return new Promise<{ status: number; body: unknown }>((resolve, reject) => {
      const sent = request(
        { host: '127.0.0.1', port: platform.port, method, path, headers: { ...headers } },
        (answer) => {
          let text = '';
          answer.on('data', (chunk) => (text += String(chunk)));
          answer.on('end', () => {
            resolve({ status: answer.statusCode ?? 0, body: JSON.parse(text) });
          });
        },
      );
      sent.on('error', reject);
      if (body !== undefined) sent.setHeader('content-type', 'application/json');
      sent.end(body === undefined ? undefined : JSON.stringify(body));
    });
  }
});

describe('signing in', () => {
  test('with the right password; the cookie is out of reach for scripts and other sites', async () => {
    await opened();
    const visitor = platform.visitor();
    const { email, password } = ADMINISTRATOR;
    const answer = await visitor.post<Session>('/api/sign-in', {
      email: email.toUpperCase(),
      password,
    });
    expect(answer.status).toBe(200);
    const cookie = answer.headers.getSetCookie().join();
    expect(cookie).toMatch(/HttpOnly/);
    expect(cookie).toMatch(/SameSite=Lax/);
    expect(cookie).not.toMatch(/Secure/);
    expect(platform.log.join('')).not.toContain(password);
    expect(platform.log.join('')).not.toContain(visitor.cookie.split('=')[1]);
  });

  test('the cookie is Secure where the address is https', async () => {
    platform = await openPlatform({ PUBLIC_URL: 'https://calls.example.com' });
    const answer = await platform.visitor().post('/api/setup', ADMINISTRATOR);
    expect(answer.headers.getSetCookie().join()).toMatch(/__Secure-offhook.*Secure/);
    expect(answer.headers.get('strict-transport-security')).toContain('max-age');
  });

  test('a wrong password and an unknown address look the same', async () => {
    await opened();
    const { email } = ADMINISTRATOR;
    const wrong = await platform.visitor().post('/api/sign-in', { email, password: 'wrong one' });
    const unknown = await platform
      .visitor()
      .post('/api/sign-in', { email: 'nobody@example.com', password: 'wrong one' });
    expect([wrong.status, codeOf(wrong)]).toEqual([401, 'auth.wrong_credentials']);
    expect([unknown.status, codeOf(unknown)]).toEqual([401, 'auth.wrong_credentials']);
    expect(await auditActions(platform)).toContain('session.sign_in_failed');
  });

  test('whoever guesses is slowed down, others are not', async () => {
    await opened();
    const { email, password } = ADMINISTRATOR;
    const statuses: number[] = [];
    for (let guess = 0; guess < 12; guess += 1) {
      const body = { email, password: `guess number ${guess}` };
      statuses.push((await platform.visitor().post('/api/sign-in', body)).status);
    }
    expect(statuses.slice(0, 10)).toEqual(Array.from({ length: 10 }, () => 401));
    expect(statuses.slice(10)).toEqual([429, 429]);
    const other = { email: 'other@example.com', password };
    expect((await platform.visitor().post('/api/sign-in', other)).status).toBe(401);
  });

  test('signing out ends the session on the server, not only in the browser', async () => {
    const administrator = await opened();
    const { cookie } = administrator;
    expect((await administrator.post('/api/sign-out')).status).toBe(204);
    expect((await administrator.get<Session>('/api/session')).body.person).toBeNull();
    const stolen = await platform.visitor().send('GET', '/api/people', { headers: { cookie } });
    expect([stolen.status, codeOf(stolen)]).toEqual([401, 'auth.session_expired']);
    expect(await auditActions(platform)).toContain('session.signed_out');
  });

  test('a session that has expired is none', async () => {
    const administrator = await opened();
    await platform.database.db
      .updateTable('session')
      .set({ expires_at: new Date(Date.now() - 1_000) })
      .execute();
    const answer = await administrator.get('/api/people');
    expect([answer.status, codeOf(answer)]).toEqual([401, 'auth.session_expired']);
  });

  test('nothing works without a session, and forged cookies and keys are none', async () => {
    await opened();
    const paths = ['/api/people', '/api/teams', '/api/live', '/api/openapi.json', '/api/api-keys'];
    for (const path of paths) {
      const answer = await platform.visitor().get(path);
      expect([path, answer.status, codeOf(answer)]).toEqual([path, 401, 'auth.required']);
    }
    const forged = { cookie: 'offhook.session_token=abc.def' };
    expect((await platform.visitor().get('/api/people', forged)).status).toBe(401);
    const key = { authorization: 'Bearer offhook_guess' };
    expect((await platform.visitor().get('/api/people', key)).status).toBe(401);
  });

  test('a page of another site can change nothing', async () => {
    const administrator = await opened();
    const foreign = { origin: 'https://evil.example.com' };
    const answer = await administrator.post('/api/teams', { name: 'Evil' }, foreign);
    expect([answer.status, codeOf(answer)]).toEqual([403, 'auth.bad_origin']);
    const login = await platform.visitor().post('/api/sign-in', ADMINISTRATOR, foreign);
    expect(codeOf(login)).toBe('auth.bad_origin');
    expect((await administrator.get<TeamsAnswer>('/api/teams')).body.teams).toEqual([]);
  });
});
