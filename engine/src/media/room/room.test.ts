import { describe, expect, it } from 'vitest';
import { newFrame, type Frame } from '../audio/frame.ts';
import type { Leg, Player } from '../leg/leg.ts';
import type { MixState } from '../protocol.ts';
import { Room } from './room.ts';

const OPEN: MixState = { muted: false, held: false, coaches: null };

/** Somebody who says the same number for ever: sums tell who is heard. */
function leg(id: string, says: number): Leg {
  const player: Player = { play: async () => undefined, stop: () => undefined, next: () => null };
  return {
    id,
    spoken: newFrame().fill(says),
    concealedFrames: 0,
    speaking: says !== 0,
    pressed: null,
    listen: () => undefined,
    hear: () => undefined,
    sendDigits: () => Promise.resolve(),
    player,
    close: () => undefined,
  };
}

/** What each member hears: a number, or "play" when it does not hear the room. */
function heard(members: Record<string, [says: number, mix?: Partial<MixState>]>): object {
  const room = new Room('R');
  for (const [id, [says, mix]] of Object.entries(members)) {
    room.join(leg(id, says), { ...OPEN, ...mix });
  }
  room.mix(0);
  const first = (frame: Frame | null): number => frame?.[0] ?? 0;
  return Object.fromEntries(
    Object.keys(members).map((id) => {
      const member = room.member(id)!;
      return [id, member.hearsRoom ? first(member.heard) : 'play'];
    }),
  );
}

describe('who hears whom', () => {
  it('two hear each other', () => {
    expect(heard({ a: [1], b: [2] })).toEqual({ a: 2, b: 1 });
  });

  it('three hear the two others', () => {
    expect(heard({ a: [1], b: [2], c: [4] })).toEqual({ a: 6, b: 5, c: 3 });
  });

  it('one alone hears its play', () => {
    expect(heard({ a: [1] })).toEqual({ a: 'play' });
  });

  it('the held hear their play and are not heard; who is left alone hears its own', () => {
    expect(heard({ a: [1], b: [2, { held: true }] })).toEqual({ a: 'play', b: 'play' });
    expect(heard({ a: [1], b: [2, { held: true }], c: [4] })).toEqual({ a: 4, b: 'play', c: 1 });
  });

  it('the muted hear and are not heard', () => {
    expect(heard({ a: [1], b: [2, { muted: true }] })).toEqual({ a: 0, b: 1 });
  });

  it('a coach hears all and is heard by one', () => {
    expect(heard({ a: [1], b: [2], boss: [4, { coaches: 'a' }] })).toEqual({ a: 6, b: 1, boss: 3 });
    expect(heard({ b: [2], boss: [4, { coaches: 'a' }] })).toEqual({ b: 'play', boss: 2 });
  });
});
