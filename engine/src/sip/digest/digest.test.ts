import { describe, expect, it } from 'vitest';
import { bareRequest } from '../message/make.ts';
import { Headers } from '../message/headers.ts';
import type { SipRequest, SipResponse } from '../message/message.ts';
import { parseUri, writeUri } from '../message/uri.ts';
import { answerChallenge, challengesOf } from './answer.ts';
import { parseDigest } from './auth-parameters.ts';
import { Challenger } from './challenger.ts';
import { secretHash } from './digest.ts';

const NO_BODY = Buffer.alloc(0);

function refusal(status: 401 | 407, ...challenges: string[]): SipResponse {
  const headers = new Headers();
  const name = status === 401 ? 'WWW-Authenticate' : 'Proxy-Authenticate';
  for (const challenge of challenges) headers.append(name, challenge);
  return { kind: 'response', status, reason: '', headers, body: NO_BODY };
}

describe('a challenge', () => {
  // RFC 7616 §3.9.1
  const page = { method: 'GET', uri: '/dir/index.html', body: NO_BODY };
  const mufasa = { username: 'Mufasa', password: 'Circle of Life' };
  const common =
    'realm="http-auth@example.org", qop="auth, auth-int", ' +
    'nonce="7ypf/xlj9XXwfDPEoM4URrv/xwf94BcCAzFZH4GiTo0v", ' +
    'opaque="FQhe/qaU925kfnzjCev0ciny7QMkPqMAFRtzCUYo5tdS"';
  const cnonce = 'f2/wE4q74E6zIJEtWaHKaf5wv/H5QzzpXusqGemxURZJ';

  it.each([
    ['MD5', '8ca523f5e9506fed4657c9700eebdbec'],
    ['SHA-256', '753927fa0e85d155564e2e272a28d1802ca10daf4496794697cf8db5856cb6c1'],
  ])('with %s has the answer of RFC 7616 §3.9.1', (algorithm, response) => {
    const challenges = challengesOf(refusal(401, `Digest ${common}, algorithm=${algorithm}`));
    const answer = answerChallenge(challenges, page, mufasa, 1, cnonce);
    expect(answer?.name).toBe('Authorization');
    expect(Object.fromEntries(parseDigest(answer!.value)!)).toEqual({
      username: 'Mufasa',
      realm: 'http-auth@example.org',
      uri: '/dir/index.html',
      algorithm,
      nonce: '7ypf/xlj9XXwfDPEoM4URrv/xwf94BcCAzFZH4GiTo0v',
      nc: '00000001',
      cnonce,
      qop: 'auth',
      response,
      opaque: 'FQhe/qaU925kfnzjCev0ciny7QMkPqMAFRtzCUYo5tdS',
    });
  });

  it('of RFC 2617 §3.5 has the answer given there', () => {
    const challenge =
      'Digest realm="testrealm@host.com", qop="auth,auth-int", ' +
      'nonce="dcd98b7102dd2f0e8b11d0f600bfb0c093", opaque="5ccc069c403ebaf9f0171e9517f40e41"';
    const credentials = { username: 'Mufasa', password: 'Circle Of Life' };
    const challenges = challengesOf(refusal(407, challenge));
    const answer = answerChallenge(challenges, page, credentials, 1, '0a4f113b');
    expect(answer?.name).toBe('Proxy-Authorization');
    const parameters = parseDigest(answer!.value)!;
    expect(parameters.get('response')).toBe('6629fae49393a05397450978507c4ef1');
    expect(parameters.has('algorithm')).toBe(false);
  });

  it('is passed over when its algorithm is unknown, and the first known one counts', () => {
    const challenges = challengesOf(
      refusal(
        401,
        `Digest ${common}, algorithm=NEW-1`,
        `Bearer x`,
        `Digest ${common}, algorithm=SHA-256`,
        `Digest ${common}, algorithm=MD5`,
      ),
    );
    expect(challenges.map(({ algorithm }) => algorithm)).toEqual(['SHA-256', 'MD5']);
  });

  it('without qop is answered without a count (RFC 2069)', () => {
    const challenges = challengesOf(refusal(401, 'Digest realm="a", nonce="b", stale=TRUE'));
    expect(challenges[0]).toMatchObject({ stale: true, qop: null });
    const parameters = parseDigest(answerChallenge(challenges, page, mufasa)!.value)!;
    expect(['nc', 'cnonce', 'qop'].filter((name) => parameters.has(name))).toEqual([]);
  });

  it('of auth-int answers for the body', () => {
    const challenges = challengesOf(refusal(401, 'Digest realm="a", nonce="b", qop="auth-int"'));
    const [one, other] = ['v=0', 'v=1'].map((body) =>
      answerChallenge(challenges, { ...page, body: Buffer.from(body) }, mufasa, 1, 'c'),
    );
    expect(one?.value).toContain('qop=auth-int');
    expect(one?.value).not.toBe(other?.value);
  });

  it('cannot bring a header into the answer', () => {
    const challenges = challengesOf(refusal(401, 'Digest realm="a", nonce="b"'));
    const credentials = { username: 'a"\r\nX: y', password: '' };
    expect(answerChallenge(challenges, page, credentials)!.value).toContain('username="a\\" X: y"');
  });
});

describe('a challenger', () => {
  const ada = { username: 'ada', password: 'Hyperion 7' };
  const secretOf = (username: string, algorithm: 'MD5' | 'SHA-256') =>
    username === 'ada' ? secretHash(algorithm, 'ada', 'phones.example', ada.password) : null;

  function register(challenges: string[], credentials = ada, nc = 1): SipRequest {
    const request = bareRequest('REGISTER', parseUri('sip:phones.example'));
    const { method, uri, body } = request;
    const facts = { method, uri: writeUri(uri), body };
    const answer = answerChallenge(
      challengesOf(refusal(401, ...challenges)),
      facts,
      credentials,
      nc,
    );
    request.headers.append(answer!.name, answer!.value);
    return request;
  }

  it('admits whoever answers, by either algorithm', () => {
    const challenger = new Challenger('phones.example');
    for (const index of [0, 1]) {
      const challenge = challenger.challenge()[index]!;
      const verdict = challenger.verify(register([challenge]), secretOf);
      expect(verdict).toEqual({ kind: 'admitted', username: 'ada' });
    }
  });

  it('refuses wrong passwords, unknown users and other addresses', () => {
    const challenger = new Challenger('phones.example');
    const wrong = register(challenger.challenge(), { ...ada, password: 'x' });
    expect(challenger.verify(wrong, secretOf)).toEqual({ kind: 'refused', username: 'ada' });
    const unknown = register(challenger.challenge(), { ...ada, username: 'eve' });
    expect(challenger.verify(unknown, secretOf)).toEqual({ kind: 'refused', username: 'eve' });
    const moved = { ...register(challenger.challenge()), uri: parseUri('sip:else.example') };
    expect(challenger.verify(moved, secretOf)).toEqual({ kind: 'refused', username: 'ada' });
  });

  it('has nothing to judge without credentials for its realm', () => {
    const challenger = new Challenger('phones.example');
    expect(challenger.verify(bareRequest('REGISTER', parseUri('sip:a')), secretOf).kind).toBe(
      'none',
    );
    const other = register(new Challenger('other.example').challenge());
    expect(challenger.verify(other, secretOf).kind).toBe('none');
  });

  it('takes each count once, and higher ones after it', () => {
    const challenger = new Challenger('phones.example');
    const challenges = challenger.challenge();
    const kinds = [1, 1, 2, 2, 5, 4].map(
      (nc) => challenger.verify(register(challenges, ada, nc), secretOf).kind,
    );
    expect(kinds).toEqual(['admitted', 'stale', 'admitted', 'stale', 'admitted', 'stale']);
  });

  it('calls nonces stale that are five minutes old, or not its own', () => {
    let now = 1_000_000;
    const challenger = new Challenger('phones.example', { now: () => now });
    const request = register(challenger.challenge());
    now += 5 * 60_000 + 1;
    expect(challenger.verify(request, secretOf).kind).toBe('stale');
    expect(challenger.challenge(true)[0]).toContain('stale=true');
    const forged = register(new Challenger('phones.example').challenge());
    expect(challenger.verify(forged, secretOf).kind).toBe('stale');
  });

  it('takes the nonces of another that has the same key', () => {
    const key = Buffer.from('shared');
    const [one, other] = [1, 2].map(() => new Challenger('phones.example', { key }));
    const request = register(one!.challenge());
    expect(other!.verify(request, secretOf)).toEqual({ kind: 'admitted', username: 'ada' });
  });
});
