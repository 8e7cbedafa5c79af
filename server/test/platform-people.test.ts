import { randomUUID } from 'node:crypto';
import type {
  ApiKeyCreated,
  ApiKeysAnswer,
  Invitation,
  InvitationCreated,
  InvitationsAnswer,
  JoinAnswer,
  PeopleAnswer,
  Person,
  Session,
  Team,
} from '@offhook/contract';
import { afterEach, describe, expect, test } from 'vitest';
import { ADMINISTRATOR, type Answer, type Client } from '../../test/support/client.ts';
import { PASSWORD, auditActions, codeOf, openPlatform, takeIn, type Platform } from './platform.ts';

let platform: Platform;
afterEach(async () => platform.close());

async function opened(): Promise<Client> {
  platform = await openPlatform();
  const administrator = platform.visitor();
  await administrator.okSetUp();
  return administrator;
}

describe('people', () => {
  test('join a team by a link, once; what they may see follows from their role', async () => {
    const administrator = await opened();
    const team = (await administrator.post<Team>('/api/teams', { name: 'Sales' })).body;
    const twin = await administrator.post('/api/teams', { name: 'sales' });
    expect(codeOf(twin)).toBe('team.name_taken');

    const made = await administrator.post<InvitationCreated>('/api/invitations', {
      email: 'Sue@Example.com ',
      role: 'supervisor',
      teamId: team.id,
    });
    expect(made.status).toBe(201);
    expect(made.body.link).toMatch(new RegExp(`^http://localhost:${platform.port}/join/.{40,}$`));
    const secret = made.body.link.split('/').at(-1) ?? '';
    const sue = platform.visitor();
    expect((await sue.get<JoinAnswer>(`/api/join/${secret}`)).body).toEqual({
      kind: 'join',
      email: 'sue@example.com',
      role: 'supervisor',
      team,
    });
    const nameless = await sue.post(`/api/join/${secret}`, { password: PASSWORD });
    expect(nameless.body).toMatchObject({ error: { fields: { name: 'Please give a name.' } } });
    const joined = await sue.post<Session>(`/api/join/${secret}`, {
      name: 'Sue',
      password: PASSWORD,
    });
    expect(joined.body.person).toMatchObject({ name: 'Sue', role: 'supervisor', team });
    const again = await platform
      .visitor()
      .post(`/api/join/${secret}`, { name: 'Eve', password: PASSWORD });
    expect([again.status, codeOf(again)]).toEqual([404, 'invitation.unknown']);

    const andy = await takeIn(sue, platform.visitor(), {
      name: 'Andy',
      email: 'andy@example.com',
      role: 'agent',
      teamId: team.id,
    });
    const seen = (await sue.get<PeopleAnswer>('/api/people')).body.people;
    expect(seen.map((person) => person.name)).toEqual(['Andy', 'Sue']);
    const everybody = (await administrator.get<PeopleAnswer>('/api/people')).body.people;
    expect(everybody.map((person) => person.name)).toEqual(['Andy', 'Grace Hopper', 'Sue']);
    expect(codeOf(await andy.client.get('/api/people'))).toBe('auth.forbidden');
    const above = { email: 'x@example.com', role: 'administrator', teamId: team.id };
    expect(codeOf(await sue.post('/api/invitations', above))).toBe('auth.forbidden');
    const elsewhere = { email: 'x@example.com', role: 'agent', teamId: null };
    expect(codeOf(await sue.post('/api/invitations', elsewhere))).toBe('auth.forbidden');
    for (const forbidden of [
      andy.client.post('/api/invitations', elsewhere),
      andy.client.post('/api/teams', { name: 'Mine' }),
      andy.client.patch(`/api/people/${andy.id}`, { role: 'administrator' }),
      sue.patch(`/api/people/${andy.id}`, { role: 'administrator' }),
      sue.post(`/api/people/${andy.id}/password-link`),
    ]) {
      expect(codeOf(await forbidden)).toBe('auth.forbidden');
    }
  });

  test('invitations expire, can be withdrawn, and a new one replaces the old', async () => {
    const administrator = await opened();
    const ask = { email: 'a@example.com', role: 'agent', teamId: null };
    const first = (await administrator.post<InvitationCreated>('/api/invitations', ask)).body;
    const second = (await administrator.post<InvitationCreated>('/api/invitations', ask)).body;
    const open = (await administrator.get<InvitationsAnswer>('/api/invitations')).body.invitations;
    expect(open).toEqual<Invitation[]>([second.invitation]);
    expect(codeOf(await lookAt(first))).toBe('invitation.unknown');
    expect((await lookAt(second)).status).toBe(200);

    await platform.database.db
      .updateTable('invitation')
      .set({ expires_at: new Date(Date.now() - 1) })
      .execute();
    expect(codeOf(await lookAt(second))).toBe('invitation.unknown');

    const third = (await administrator.post<InvitationCreated>('/api/invitations', ask)).body;
    const gone = await administrator.delete(`/api/invitations/${third.invitation.id}`);
    expect(gone.status).toBe(204);
    expect(codeOf(await lookAt(third))).toBe('invitation.unknown');
    const unknown = await administrator.post('/api/invitations', { ...ask, teamId: 'nowhere' });
    expect(codeOf(unknown)).toBe('team.not_found');
    const taken = await administrator.post('/api/invitations', {
      ...ask,
      email: ADMINISTRATOR.email,
    });
    expect(codeOf(taken)).toBe('person.email_taken');
  });

  function lookAt({ link }: InvitationCreated): Promise<Answer> {
    return platform.visitor().get(`/api/join/${link.split('/').at(-1) ?? ''}`);
  }

  test('a forgotten password: a link sets a new one and signs everything else out', async () => {
    const administrator = await opened();
    const ann = await takeIn(administrator, platform.visitor(), {
      name: 'Ann',
      email: 'ann@example.com',
      role: 'agent',
      teamId: null,
    });
    const made = await administrator.post<InvitationCreated>(`/api/people/${ann.id}/password-link`);
    expect(made.body.invitation).toMatchObject({ kind: 'password', role: null });
    const secret = made.body.link.split('/').at(-1) ?? '';
    const elsewhere = platform.visitor();
    const weak = await elsewhere.post(`/api/join/${secret}`, { password: 'short' });
    expect(codeOf(weak)).toBe('request.invalid');
    const password = 'a password quite new';
    expect((await elsewhere.post(`/api/join/${secret}`, { password })).status).toBe(200);
    expect(codeOf(await ann.client.get('/api/teams'))).toBe('auth.session_expired');
    const old = { email: 'ann@example.com', password: PASSWORD };
    expect(codeOf(await platform.visitor().post('/api/sign-in', old))).toBe(
      'auth.wrong_credentials',
    );
    await platform.visitor().okSignIn('ann@example.com', password);
    expect(await auditActions(platform)).toContain('person.password_set');
  });

  test('whoever is deactivated is out at once, keys too; and may come back', async () => {
    const administrator = await opened();
    const ann = await takeIn(administrator, platform.visitor(), {
      name: 'Ann',
      email: 'ann@example.com',
      role: 'agent',
      teamId: null,
    });
    const key = (await ann.client.post<ApiKeyCreated>('/api/api-keys', { name: 'CRM' })).body;
    const bearer = { authorization: `Bearer ${key.secret}` };
    expect((await platform.visitor().get('/api/teams', bearer)).status).toBe(200);

    const changed = await administrator.patch<Person>(`/api/people/${ann.id}`, { active: false });
    expect(changed.body.active).toBe(false);
    expect(codeOf(await ann.client.get('/api/teams'))).toBe('auth.session_expired');
    expect((await platform.visitor().get('/api/teams', bearer)).status).toBe(401);
    const signIn = { email: 'ann@example.com', password: PASSWORD };
    const refused = await platform.visitor().post('/api/sign-in', signIn);
    expect([refused.status, codeOf(refused)]).toEqual([403, 'auth.deactivated']);
    const guess = { ...signIn, password: 'not her password' };
    expect(codeOf(await platform.visitor().post('/api/sign-in', guess))).toBe(
      'auth.wrong_credentials',
    );
    await administrator.patch(`/api/people/${ann.id}`, { active: true });
    expect((await platform.visitor().post('/api/sign-in', signIn)).status).toBe(200);
  });

  test('there is always an administrator left', async () => {
    const administrator = await opened();
    const { body } = await administrator.get<Session>('/api/session');
    const me = body.person?.id ?? '';
    for (const change of [{ active: false }, { role: 'agent' }]) {
      const answer = await administrator.patch(`/api/people/${me}`, change);
      expect([answer.status, codeOf(answer)]).toEqual([409, 'person.last_administrator']);
    }
    const second = await takeIn(administrator, platform.visitor(), {
      name: 'Second',
      email: 'second@example.com',
      role: 'administrator',
      teamId: null,
    });
    // Both give up at the same moment: only one may.
    const answers = await Promise.all([
      administrator.patch(`/api/people/${me}`, { role: 'agent' }),
      second.client.patch(`/api/people/${second.id}`, { role: 'agent' }),
    ]);
    expect(answers.map((answer) => answer.status).sort()).toEqual([200, 409]);
    expect(codeOf(await second.client.patch('/api/people/nobody', { active: false }))).toMatch(
      /person.not_found|auth.forbidden/,
    );
  });
});

describe('API keys', () => {
  test('act as their maker, are shown once, and are gone when deleted', async () => {
    const administrator = await opened();
    const made = await administrator.post<ApiKeyCreated>('/api/api-keys', { name: 'CRM' });
    expect(made.status).toBe(201);
    const { secret, apiKey } = made.body;
    expect(secret.startsWith(apiKey.start)).toBe(true);
    const bearer = { authorization: `Bearer ${secret}`, origin: 'https://crm.example.com' };
    const program = platform.visitor();
    expect((await program.post('/api/teams', { name: 'By key' }, bearer)).status).toBe(201);
    const list = (await administrator.get<ApiKeysAnswer>('/api/api-keys')).body.apiKeys;
    expect(list).toMatchObject([{ id: apiKey.id, name: 'CRM' }]);
    expect(list[0]?.lastUsedAt).not.toBeNull();
    const { rows } = await platform.database.pool.query<{ key_hash: string }>(
      'select key_hash from api_key',
    );
    expect(rows[0]?.key_hash).not.toContain(secret);

    const other = await takeIn(administrator, platform.visitor(), {
      name: 'Ann',
      email: `${randomUUID()}@example.com`,
      role: 'agent',
      teamId: null,
    });
    expect(codeOf(await other.client.delete(`/api/api-keys/${apiKey.id}`))).toBe(
      'api_key.not_found',
    );
    expect((await administrator.delete(`/api/api-keys/${apiKey.id}`)).status).toBe(204);
    expect((await program.get('/api/teams', bearer)).status).toBe(401);
    expect(platform.log.join('')).not.toContain(secret);
  });
});
