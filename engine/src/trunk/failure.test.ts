import { describe, expect, it } from 'vitest';
import { Headers } from '../sip/message/headers.ts';
import type { InviteFailure } from '../sip/user-agent/calls.ts';
import { readFailure } from './failure.ts';

const refused = (status: number): InviteFailure => ({
  kind: 'refused',
  status,
  reason: 'Reason',
  headers: new Headers(),
});

describe('a refused INVITE', () => {
  it.each([
    [486, 'busy', null, null, false],
    [600, 'busy', null, null, false],
    [603, 'busy', null, null, false],
    [480, 'no-answer', null, null, false],
    [487, 'no-answer', null, null, false],
    [404, 'failed', 13_224, 'no_route', false],
    [410, 'failed', 13_224, 'no_route', false],
    [484, 'failed', 13_224, 'no_route', false],
    [604, 'failed', 13_224, 'no_route', false],
    [401, 'failed', 32_201, 'credentials_refused', true],
    [407, 'failed', 32_201, 'credentials_refused', true],
    [403, 'failed', 32_201, 'forbidden', true],
    [408, 'failed', 32_011, 'refused', true],
    [415, 'failed', 32_011, 'no_codec', true],
    [488, 'failed', 32_011, 'no_codec', true],
    [606, 'failed', 32_011, 'no_codec', true],
    [302, 'failed', 32_011, 'refused', true],
    [400, 'failed', 32_011, 'refused', true],
    [500, 'failed', 32_011, 'refused', true],
    [503, 'failed', 32_011, 'refused', true],
    [504, 'failed', 32_011, 'refused', true],
    [699, 'failed', 32_011, 'refused', false],
  ])('%d → %s, error %s, problem %s, next trunk: %s', (status, word, error, problem, next) => {
    const read = readFailure(refused(status));
    expect([read.status, read.sipCode, read.next]).toEqual([word, status, next]);
    expect(read.error?.code ?? null).toBe(error);
    expect(read.problem?.code ?? null).toBe(problem);
    if (read.problem) expect(read.problem.text).toContain(`${status} Reason. `);
  });

  it('says nothing odd where the far end gave no reason', () => {
    const read = readFailure({ kind: 'refused', status: 500, reason: '', headers: new Headers() });
    expect(read.problem?.text).toMatch(/^The trunk said 500\. /);
  });
});

describe('an INVITE without a final answer', () => {
  it.each([
    ['timeout', 408, 'no_answer'],
    ['transport', 503, 'unreachable'],
    ['certificate', 503, 'certificate_refused'],
  ] as const)('for %s counts as %d', (cause, sipCode, code) => {
    const read = readFailure({ kind: 'unreachable', cause, text: 'UDP a port 1 is gone' });
    expect(read).toMatchObject({ status: 'failed', sipCode, next: true });
    expect(read.problem).toMatchObject({ code, sipStatus: null });
    expect(read.problem?.text).toMatch(/^UDP a port 1 is gone\. Look at the host/);
    expect(read.error).toEqual({ code: 32_011, message: read.problem?.text });
  });

  it('is told in whole sentences', () => {
    const text = 'the certificate of TLS a port 1 is not accepted: certificate has expired';
    const read = readFailure({ kind: 'unreachable', cause: 'certificate', text });
    expect(read.problem?.text).toMatch(
      /^The certificate of TLS .* has expired\. Look at .* renew\.$/,
    );
  });

  it('because we hung up is nobody’s fault', () => {
    expect(readFailure({ kind: 'cancelled' })).toMatchObject({ status: 'canceled', problem: null });
  });
});

it('an answer that cannot be used is the trunk’s fault', () => {
  for (const code of ['no_description', 'no_codec', 'srtp_required'] as const) {
    expect(readFailure({ kind: 'unusable', code })).toMatchObject({
      status: 'failed',
      problem: { code },
      next: true,
    });
  }
});
