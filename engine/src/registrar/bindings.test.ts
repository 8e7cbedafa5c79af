import { describe, expect, it } from 'vitest';
import { parseUri } from '../sip/message/uri.ts';
import { Bindings, MAX_BINDINGS, type Registering } from './bindings.ts';

const AOR = 'ada@phones.example.com';
const NOW = 1_000_000;

function order(contact: string, more: Partial<Registering> = {}): Registering {
  return {
    contact: parseUri(contact),
    q: 1000,
    seconds: 60,
    callId: 'one',
    cseq: 1,
    source: { transport: 'udp', address: '192.0.2.1', port: 5060, serverName: null },
    path: [],
    ...more,
  };
}

const users = (bindings: Bindings, now = NOW) =>
  bindings.of(AOR, now).map(({ contact }) => contact.host);

describe('bindings', () => {
  it('are refreshed by the same contact, and forgotten when nobody refreshes them', () => {
    const bindings = new Bindings();
    bindings.change(AOR, [order('sip:ada@192.0.2.1')], NOW);
    bindings.change(AOR, [order('sip:ada@192.0.2.1', { cseq: 2 })], NOW + 30_000);
    expect(users(bindings, NOW + 89_000)).toEqual(['192.0.2.1']);
    expect(users(bindings, NOW + 90_000)).toEqual([]);
    expect(bindings.count(NOW + 90_000)).toBe(0);
  });

  it('are rung in the order of their q', () => {
    const bindings = new Bindings();
    const low = order('sip:ada@192.0.2.1', { q: 300 });
    bindings.change(AOR, [low, order('sip:ada@192.0.2.2', { q: 900 })], NOW);
    expect(users(bindings)).toEqual(['192.0.2.2', '192.0.2.1']);
  });

  it('are not changed by an older REGISTER, not even in part', () => {
    const bindings = new Bindings();
    bindings.change(AOR, [order('sip:ada@192.0.2.1', { cseq: 5 })], NOW);
    const late = [order('sip:ada@192.0.2.9'), order('sip:ada@192.0.2.1', { cseq: 4, seconds: 0 })];
    expect(bindings.change(AOR, late, NOW)).toBe('stale');
    expect(users(bindings)).toEqual(['192.0.2.1']);
    expect(bindings.clear(AOR, { callId: 'one', cseq: 5 }, NOW)).toBe('stale');
  });

  it('may be removed one by one, or all at once', () => {
    const bindings = new Bindings();
    bindings.change(AOR, [order('sip:ada@192.0.2.1'), order('sip:ada@192.0.2.2')], NOW);
    bindings.change(AOR, [order('sip:ada@192.0.2.1', { cseq: 2, seconds: 0 })], NOW);
    expect(users(bindings)).toEqual(['192.0.2.2']);
    expect(bindings.clear(AOR, { callId: 'one', cseq: 3 }, NOW)).toBe('done');
    expect(users(bindings)).toEqual([]);
  });

  it('are not more than anybody needs', () => {
    const bindings = new Bindings();
    const many = Array.from({ length: MAX_BINDINGS + 1 }, (_, at) => order(`sip:a@192.0.2.${at}`));
    expect(bindings.change(AOR, many, NOW)).toBe('full');
    expect(users(bindings)).toEqual([]);
  });
});
