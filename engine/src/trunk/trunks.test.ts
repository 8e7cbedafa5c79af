import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pino } from 'pino';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Ledger } from '../journal/ledger.ts';
import { SipClosed } from '../sip-link.ts';
import type { InviteFailure } from '../sip/user-agent/calls.ts';
import { trunkRecord } from './trunk-of-tests.ts';
import { Trunks } from './trunks.ts';

const log = pino({ level: 'silent' });
const LONDON = '+442079460000';
const PARIS = '+33140000000';
const SILENT: InviteFailure = { kind: 'unreachable', cause: 'timeout', text: 'Silence.' };

let folder: string;
let ledger: Ledger;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'offhook-trunks-'));
  ledger = new Ledger(join(folder, 'journal.jsonl'), log);
});
afterEach(() => {
  ledger.close();
  rmSync(folder, { recursive: true, force: true });
});

/** Trunks of an engine whose SIP is turned off: what is known of them is what calls reported. */
function open(...records: ReturnType<typeof trunkRecord>[]): Trunks {
  for (const record of records) ledger.trunks.save(record);
  return new Trunks(ledger, null, {
    userAgent: () => Promise.reject(new SipClosed('SIP is turned off.')),
    resolve: () => Promise.reject(new Error('no such name')),
    patienceMs: 100,
    log,
  });
}

const ways = (trunks: Trunks, number = LONDON) =>
  trunks.routesTo(number, '+447700900000').map(({ trunk }) => trunk.sid);

describe('the ways to a number', () => {
  it('are tried by priority, then by age', () => {
    const trunks = open(
      trunkRecord({ sid: 'TKlast', priority: 2, createdAt: 1 }),
      trunkRecord({ sid: 'TKyoung', priority: 1, createdAt: 3 }),
      trunkRecord({ sid: 'TKold', priority: 1, createdAt: 2 }),
      trunkRecord({ sid: 'TKoff', priority: 0, enabled: false }),
    );
    expect(ways(trunks)).toEqual(['TKold', 'TKyoung', 'TKlast']);
  });

  it('go over trunks that take the number, written as they want it', () => {
    const uk = { prefix: '+44', strip: 3, prepend: '0' };
    const trunks = open(
      trunkRecord({ sid: 'TKuk', rules: [uk], host: 'uk.example', transport: 'tcp' }),
      trunkRecord({ sid: 'TKall', callerIds: [], port: null }),
    );
    expect(ways(trunks, PARIS)).toEqual(['TKall']);
    const [first, second] = trunks.routesTo(LONDON, '+4470000');
    expect(first?.uri).toMatchObject({ user: '02079460000', host: 'uk.example', port: 5060 });
    expect([...(first?.uri.parameters ?? [])]).toEqual([['transport', 'tcp']]);
    expect(first?.from.uri).toMatchObject({
      user: '+447700900000',
      host: 'uk.example',
      port: null,
    });
    expect(second?.uri).toMatchObject({ user: LONDON, port: null });
    expect(second?.from.uri.user).toBe('+4470000');
  });

  it('are kept where a call was answered without a description, and the trunk’s state says so', () => {
    const trunks = open(trunkRecord({ sid: 'TKa' }));
    const [way] = trunks.routesTo(LONDON, '');
    way?.report({ kind: 'unusable', code: 'no_description' });
    const problem = { code: 'no_description', sipStatus: 200 };
    expect(trunks.stateOf('TKa')).toMatchObject({ state: 'up', problem });
    expect(ways(trunks)).toEqual(['TKa']);
  });

  it('leave those that are down for last, until a call gets through', () => {
    const trunks = open(
      trunkRecord({ sid: 'TKa', priority: 1 }),
      trunkRecord({ sid: 'TKb', priority: 2 }),
    );
    trunks.report('TKa', SILENT);
    expect(trunks.stateOf('TKa')).toMatchObject({ state: 'down', problem: { code: 'no_answer' } });
    expect(ways(trunks)).toEqual(['TKb', 'TKa']);
    trunks.report('TKa', null);
    expect(trunks.stateOf('TKa')).toMatchObject({ state: 'up', problem: null });
    expect(ways(trunks)).toEqual(['TKa', 'TKb']);
  });
});

describe('channels', () => {
  it('are as many as the trunk has, in both directions together', () => {
    const trunks = open(trunkRecord({ sid: 'TK1', channels: 2 }));
    const [one] = trunks.routesTo(LONDON, '');
    const [two] = trunks.routesTo(LONDON, '');
    const incoming = trunks.take('TK1');
    expect(incoming).not.toBeNull();
    expect([one?.take(), one?.take(), two?.take()]).toEqual([true, true, false]);
    expect(trunks.stateOf('TK1').liveCalls).toBe(2);
    incoming?.();
    incoming?.();
    expect(two?.take()).toBe(true);
    one?.release();
    one?.release();
    expect(trunks.stateOf('TK1').liveCalls).toBe(1);
  });

  it('stay taken while the trunk is changed, and are nobody’s when it is gone', () => {
    const trunks = open(trunkRecord({ sid: 'TK1', channels: 1 }));
    const release = trunks.take('TK1');
    trunks.save(trunkRecord({ sid: 'TK1', channels: 5 }));
    expect(trunks.stateOf('TK1').liveCalls).toBe(1);
    release?.();
    expect(trunks.stateOf('TK1').liveCalls).toBe(0);
    const late = trunks.take('TK1');
    trunks.remove('TK1');
    late?.();
    expect(trunks.take('TK1')).toBeNull();
    expect(trunks.list()).toEqual([]);
  });
});

describe('a call that comes in', () => {
  it('belongs to the trunk that names its address', () => {
    const trunks = open(
      trunkRecord({ sid: 'TKoff', enabled: false, allowedAddresses: ['0.0.0.0/0'] }),
      trunkRecord({ sid: 'TK1', allowedAddresses: ['192.0.2.0/24', '2001:db8::/32'] }),
    );
    const at = (address: string) => trunks.at(address).map(({ sid }) => sid);
    expect(at('192.0.2.77')).toEqual(['TK1']);
    expect(at('::ffff:192.0.2.77')).toEqual(['TK1']);
    expect(at('2001:db8::9')).toEqual(['TK1']);
    expect(at('198.51.100.1')).toEqual([]);
  });

  it('may belong to any of the trunks that share an address', () => {
    const allowedAddresses = ['192.0.2.1'];
    const trunks = open(
      trunkRecord({ sid: 'TK2', priority: 2, allowedAddresses }),
      trunkRecord({ sid: 'TK1', priority: 1, allowedAddresses }),
    );
    expect(trunks.at('192.0.2.1').map(({ sid }) => sid)).toEqual(['TK1', 'TK2']);
  });
});

it('says why SIP is closed in the state of its trunks', async () => {
  const trunks = open(trunkRecord({ sid: 'TK1' }));
  trunks.start();
  await expect
    .poll(() => trunks.stateOf('TK1').problem)
    .toMatchObject({ code: 'unreachable', text: 'SIP is turned off.' });
  await trunks.close();
  await trunks.close();
});
