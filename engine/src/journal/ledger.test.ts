import {
  appendFileSync,
  chmodSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pino } from 'pino';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { CallRecord } from '../leg/call-record.ts';
import { trunkRecord } from '../trunk/trunk-of-tests.ts';
import { Ledger } from './ledger.ts';

const log = pino({ level: 'silent' });
let folder: string;
let path: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'offhook-ledger-'));
  path = join(folder, 'deep', 'journal.jsonl');
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

function call(sid: string, more: Partial<CallRecord> = {}): CallRecord {
  const now = Date.now();
  return {
    sid,
    parentCallSid: null,
    from: 'a',
    to: 'b',
    direction: 'inbound',
    status: 'ringing',
    createdAt: now,
    updatedAt: now,
    answeredAt: null,
    endedAt: null,
    sipCode: null,
    callback: null,
    sequence: 0,
    ...more,
  };
}

describe('the ledger', () => {
  it('knows after a kill what it knew before, the newest line first', () => {
    const first = new Ledger(path, log);
    expect(first.lastWrittenAt).toBeNull();
    first.calls.save(call('CA1'));
    first.calls.save(call('CA1', { status: 'in-progress' }));
    first.owed.save({ id: '1', queue: 'CA1', url: 'http://a', method: 'POST', fields: { A: '1' } });
    first.owed.save({ id: '2', queue: 'CA1', url: 'http://a', method: 'POST', fields: {} });
    first.owed.forget('1');
    // No close: this is what a kill leaves, and a line that it cut short.
    appendFileSync(path, '{"call":{"sid":"CA2"');
    const second = new Ledger(path, log);
    expect(second.calls.get('CA1')?.status).toBe('in-progress');
    expect([...second.calls.keys()]).toEqual(['CA1']);
    expect([...second.owed.keys()]).toEqual(['2']);
    expect(second.lastWrittenAt).not.toBeNull();
    second.calls.save(call('CA3'));
    second.close();
    expect(new Ledger(path, log).calls.size).toBe(2);
  });

  it('forgets ended calls after a while, and open ones never', () => {
    const old = Date.now() - 31 * 24 * 3_600_000;
    const first = new Ledger(path, log);
    first.calls.save(call('CA1', { status: 'completed', updatedAt: old }));
    first.calls.save(call('CA2', { updatedAt: old }));
    first.close();
    const second = new Ledger(path, log);
    expect([...second.calls.keys()]).toEqual(['CA2']);
    expect(readFileSync(path, 'utf8').trim().split('\n')).toHaveLength(1);
    second.close();
    second.close();
  });

  it('keeps trunks, and shows their passwords to nobody else', () => {
    const first = new Ledger(path, log);
    first.close();
    chmodSync(path, 0o644);
    writeFileSync(`${path}.new`, 'left behind', { mode: 0o644 });
    const second = new Ledger(path, log);
    second.trunks.save(trunkRecord({ sid: 'TK1', password: 'secret' }));
    second.trunks.save(trunkRecord({ sid: 'TK2' }));
    second.trunks.forget('TK2');
    second.close();
    expect(statSync(path).mode & 0o777).toBe(0o600);
    const third = new Ledger(path, log);
    expect([...third.trunks.values()]).toMatchObject([{ sid: 'TK1', password: 'secret' }]);
    third.close();
  });
});
