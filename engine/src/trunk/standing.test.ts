import { describe, expect, it } from 'vitest';
import { NOTHING_KNOWN, standing, type Facts } from './standing.ts';

const SILENT = { code: 'no_answer', text: 'Silence.', sipStatus: null } as const;
const REFUSED = { code: 'credentials_refused', text: 'No.', sipStatus: 403 } as const;

const table: [why: string, facts: Partial<Facts>, state: string, problem: string | null][] = [
  ['nobody asked yet', {}, 'unknown', null],
  ['it is not enabled', { enabled: false, ping: SILENT }, 'off', null],
  ['its name leads somewhere', { lookup: 'found' }, 'unknown', null],
  [
    'its name leads nowhere',
    { lookup: { ...SILENT, code: 'name_unknown' } },
    'down',
    'name_unknown',
  ],
  ['it answers OPTIONS', { lookup: 'found', ping: { ms: 3 } }, 'up', null],
  ['it does not answer OPTIONS', { ping: SILENT }, 'down', 'no_answer'],
  ['we are registering', { registration: 'registering' }, 'unknown', null],
  ['we are registered', { registration: 'registered' }, 'up', null],
  ['registered, but silent', { registration: 'registered', ping: SILENT }, 'down', 'no_answer'],
  [
    'it answers, but refuses the registration',
    { ping: { ms: 3 }, registration: REFUSED },
    'down',
    'credentials_refused',
  ],
  [
    'it answers, but refuses calls',
    { ping: { ms: 3 }, call: REFUSED },
    'up',
    'credentials_refused',
  ],
  ['all we know is an answered call', { call: 'reached' }, 'up', null],
  ['all we know is a refused call', { call: REFUSED }, 'up', 'credentials_refused'],
  ['all we know is an unanswered call', { call: SILENT }, 'down', 'no_answer'],
];

describe('how a trunk stands', () => {
  it.each(table)('when %s', (_why, facts, state, problem) => {
    const read = standing({ enabled: true, ...NOTHING_KNOWN, ...facts });
    expect(read.state).toBe(state);
    expect(read.problem?.code ?? null).toBe(problem);
  });

  it('says how long OPTIONS took, and whether we are registered', () => {
    const facts = { ...NOTHING_KNOWN, ping: { ms: 12 }, registration: REFUSED };
    expect(standing({ enabled: true, ...facts })).toMatchObject({
      pingMs: 12,
      registration: 'failed',
    });
    expect(standing({ enabled: false, ...facts })).toMatchObject({
      pingMs: null,
      registration: 'none',
    });
  });
});
