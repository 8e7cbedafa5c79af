import { describe, expect, it } from 'vitest';
import { Traffic } from './traffic.ts';

const CALL = `CA${'a'.repeat(32)}`;

describe('the traffic log', () => {
  it('keeps the latest and forgets the others', () => {
    const traffic = new Traffic(100);
    for (let count = 1; count <= 1_000; count += 1) traffic.add({ kind: 'rest' });
    const kept = traffic.after(0);
    expect(kept).toHaveLength(100);
    expect([kept[0]?.id, kept.at(-1)?.id]).toEqual([901, 1_000]);
    expect(traffic.after(998).map(({ id }) => id)).toEqual([999, 1_000]);
  });

  it('knows whom an entry is about', () => {
    const traffic = new Traffic();
    const other = `CF${'b'.repeat(32)}`;
    traffic.add({ kind: 'rest', url: `/x/Calls/${CALL}.json` });
    traffic.add({
      kind: 'callback',
      parameters: [
        ['CallSid', CALL],
        ['ConferenceSid', other],
      ],
    });
    expect(traffic.after(0).map(({ sids }) => sids)).toEqual([[CALL], [CALL, other]]);
  });

  it('cuts what is long', () => {
    const traffic = new Traffic();
    const response = 'x'.repeat(1_000_000);
    traffic.add({ kind: 'twiml', response, parameters: [['Long', response]] });
    const [entry] = traffic.after(0);
    expect(entry?.response).toMatch(/^x{4000}… \(1000000 characters\)$/);
    expect(entry?.parameters[0]?.[1].length).toBeLessThan(4_100);
  });

  it('tells who listens until they stop', () => {
    const traffic = new Traffic();
    const heard: number[] = [];
    const stop = traffic.listen(({ id }) => heard.push(id));
    traffic.add({ kind: 'rest' });
    stop();
    traffic.add({ kind: 'rest' });
    expect(heard).toEqual([1]);
  });
});
