import { type Trunk, TrunkRequest } from '@offhook/contract';
import { describe, expect, it } from 'vitest';
import { draftOf, fieldOf, requestOf } from './trunk-draft.ts';

const KEPT: Trunk = {
  id: 'TK1',
  source: 'settings',
  name: 'Carrier',
  enabled: true,
  host: 'sip.example.com',
  port: 5061,
  transport: 'tls',
  username: 'alice',
  hasPassword: true,
  registerSeconds: 300,
  allowedAddresses: ['192.0.2.0/24', '2001:db8::1'],
  callerIds: ['+442079460000', '+442079460001'],
  codecs: ['PCMU'],
  srtp: 'required',
  channels: 30,
  rules: [{ prefix: '+44', strip: 3, prepend: '0' }],
  priority: 20,
  keepAliveSeconds: null,
  tlsCa: '-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----',
  createdAt: '2026-11-22T20:37:29.120Z',
  updatedAt: '2026-11-22T20:37:29.120Z',
  state: {
    state: 'up',
    registration: 'registered',
    problem: null,
    since: '2026-11-22T20:37:29.120Z',
    pingMs: 12,
    liveCalls: 0,
  },
};

function problemsOf(change: Partial<ReturnType<typeof draftOf>>): string[] {
  const read = TrunkRequest.safeParse(requestOf({ ...draftOf(KEPT), ...change }));
  return read.success ? [] : read.error.issues.map((issue) => issue.path.join('.'));
}

describe('a trunk in the form', () => {
  it('comes out as it went in, without the password', () => {
    const { id, source, hasPassword, createdAt, updatedAt, state, ...settings } = KEPT;
    expect(TrunkRequest.parse(requestOf(draftOf(KEPT)))).toEqual(settings);
    expect([id, source, hasPassword, createdAt, updatedAt, state]).not.toContain(undefined);
  });

  it('begins with what most carriers want, and needs a name and a host', () => {
    const read = TrunkRequest.safeParse(requestOf(draftOf(null)));
    expect(read.error?.issues.map(({ path, message }) => [path.join('.'), message])).toEqual([
      ['name', 'Please give a name.'],
      ['host', 'Please give the carrier’s host name or address.'],
    ]);
  });

  it('keeps the password, sets another, and forgets it with the user name', () => {
    const draft = draftOf(KEPT);
    expect(requestOf(draft)).not.toHaveProperty('password');
    expect(requestOf({ ...draft, password: 'secret' }).password).toBe('secret');
    expect(requestOf({ ...draft, username: ' ' })).toMatchObject({
      username: null,
      password: null,
    });
  });

  it('takes lists as lines, and forgets a certificate that is not asked for', () => {
    const change = {
      callerIds: ' 020 7946 0000,\n\n+33 1 23 45 67 89 ',
      transport: 'udp',
    } as const;
    expect(requestOf({ ...draftOf(KEPT), ...change })).toMatchObject({
      callerIds: ['020 7946 0000', '+33 1 23 45 67 89'],
      tlsCa: null,
    });
  });

  it.each([
    [{ host: 'sip:sip.example.com' }, 'host'],
    [{ host: 'sip.example.com:5060' }, 'host'],
    [{ port: '65536' }, 'port'],
    [{ port: 'five' }, 'port'],
    [{ username: 'a\r\nEvil: 1' }, 'username'],
    [{ registerSeconds: '' }, 'registerSeconds'],
    [{ username: '' }, 'username'],
    [{ username: 'alice@example.com' }, 'username'],
    [{ allowedAddresses: '192.0.2.1\nhome' }, 'allowedAddresses.1'],
    [{ rules: [{ prefix: '44', strip: '0', prepend: '' }] }, 'rules.0.prefix'],
    [{ rules: [{ prefix: '+', strip: 'x', prepend: '' }] }, 'rules.0.strip'],
    [{ channels: '0' }, 'channels'],
    [{ priority: '' }, 'priority'],
    [{ keepAliveSeconds: '1' }, 'keepAliveSeconds'],
    [{ tlsCa: 'MIIB' }, 'tlsCa'],
  ])('refuses %o', (change, path) => {
    expect(problemsOf(change)).toEqual([path]);
  });

  it('says what is wrong with one of several lines at their field', () => {
    expect(fieldOf('callerIds.3')).toBe('callerIds');
    expect(fieldOf('rules.0.prefix')).toBe('rules.0.prefix');
    expect(fieldOf('port')).toBe('port');
  });
});
