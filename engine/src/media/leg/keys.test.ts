import { describe, expect, it } from 'vitest';
import { newFrame } from '../audio/frame.ts';
import { KeyReceiver } from './key-receiver.ts';
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
