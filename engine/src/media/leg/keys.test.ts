import { describe, expect, it } from 'vitest';
import { newFrame } from '../audio/frame.ts';
import { KeyReceiver } from './key-receiver.ts';
import { KeyRelay } from './key-relay.ts';
import { KeySender } from './key-sender.ts';

describe('keys sent', () => {
  it('take 160 ms each with a gap behind, and w waits', () => {
    const sender = new KeySender();
    void sender.press('1 x w9');
    let script = '';
    for (let moment = sender.next(); moment !== null; moment = sender.next()) {
      script += moment.kind === 'pause' ? '.' : moment.key;
    }
    expect(script).toBe('1'.repeat(8) + '.'.repeat(5 + 25) + '9'.repeat(8) + '.'.repeat(5));
  });

  it('tell how long they have been down', () => {
    const sender = new KeySender();
    void sender.press('#');
    expect(sender.next()).toEqual({
      kind: 'down',
      key: '#',
      duration: 160,
      first: true,
      last: false,
    });
    for (let i = 0; i < 6; i++) sender.next();
    expect(sender.next()).toMatchObject({ duration: 1280, first: false, last: true });
  });
});

describe('keys received', () => {
  function receiver(): { keys: string[]; receiver: KeyReceiver; sounding: () => number } {
    const keys: string[] = [];
    const one = new KeyReceiver((key) => keys.push(key));
    const sounding = (): number => {
      let frames = 0;
      while (one.sound(newFrame())) frames++;
      return frames;
    };
    return { keys, receiver: one, sounding };
  }

  it('count once, however many packets tell of them', () => {
    const { keys, receiver: one, sounding } = receiver();
    for (const duration of [160, 320, 480]) {
      one.receive(1000, { key: '5', end: false, duration });
    }
    for (let copy = 0; copy < 3; copy++) one.receive(1000, { key: '5', end: true, duration: 640 });
    expect(keys).toEqual(['5']);
    expect(sounding()).toBe(4);
    one.receive(1000, { key: '5', end: true, duration: 640 });
    expect(sounding()).toBe(0);
    one.receive(3000, { key: '5', end: true, duration: 1600 });
    one.receive(1000, { key: '5', end: true, duration: 640 });
    expect(keys).toEqual(['5', '5']);
  });

  it('whose end is lost stop by themselves', () => {
    const { keys, receiver: one, sounding } = receiver();
    one.receive(1000, { key: 'D', end: false, duration: 160 });
    expect(keys).toEqual(['D']);
    expect(sounding()).toBe(4);
  });
});

describe('keys passed on', () => {
  it('last as long as they sound, and the same key again is another press', () => {
    const relay = new KeyRelay();
    const [one, again] = [{ key: '1' }, { key: '1' }];
    const sounding = [null, one, one, one, again, again, null, null];
    const down = { kind: 'down', key: '1' };
    expect(sounding.map((key) => relay.next(key))).toEqual([
      null,
      { ...down, duration: 160, first: true, last: false },
      { ...down, duration: 320, first: false, last: false },
      { ...down, duration: 480, first: false, last: false },
      { ...down, duration: 640, first: false, last: true },
      { ...down, duration: 160, first: true, last: false },
      { ...down, duration: 320, first: false, last: true },
      null,
    ]);
  });

  it('end once when they are held for longer than an event can say', () => {
    const relay = new KeyRelay();
    const held = { key: '#' };
    const told = Array.from({ length: 500 }, () => relay.next(held)).filter((one) => one !== null);
    expect(told.filter(({ last }) => last)).toHaveLength(1);
    expect(told.at(-1)).toMatchObject({ duration: 65_440, last: true });
    expect(relay.next(null)).toBeNull();
    expect(relay.next({ key: '5' })).toMatchObject({ key: '5', duration: 160, first: true });
  });
});
