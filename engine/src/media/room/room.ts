import { FRAME_SAMPLES, newFrame, type Frame } from '../audio/frame.ts';
import { Mixer } from '../audio/mix.ts';
import type { Leg, Player, PressedKey } from '../leg/leg.ts';
import type { MixState } from '../protocol.ts';
import type { Recorder } from '../recording/recorder.ts';

/** A leg in a room. */
export interface Member {
  readonly leg: Leg;
  mix: MixState;
  /** False: it hears its own play instead (held, or alone). Set by each `mix`. */
  hearsRoom: boolean;
  /** What the room says to it; null is silence. Set by each `mix`. */
  heard: Frame | null;
  /** The key that sounds in it. Set by each `mix`. */
  heardKey: PressedKey | null;
  readonly mixed: Frame;
}

/** A sound that is played into the room, for everybody or for one leg. */
export interface RoomSound {
  readonly only: string | null;
  readonly player: Player;
}

/**
 * Who hears whom. Everybody hears the sum of all others; the muted and the held say nothing; a
 * coach is heard by the one it coaches only, and never recorded.
 */
export class Room {
  readonly id: string;
  readonly recorders = new Map<string, { left: string; recorder: Recorder }>();
  readonly #sounds = new Map<string, RoomSound>();
  readonly #members = new Map<string, Member>();
  readonly #mixer = new Mixer(FRAME_SAMPLES);
  readonly #recorded = newFrame();
  /** Those everybody may hear, in this tick. */
  #speakers: Member[] = [];
  /** What is played in this tick, and to whom. */
  #played: { only: string | null; frame: Frame }[] = [];

  constructor(id: string) {
    this.id = id;
  }

  get size(): number {
    return this.#members.size;
  }

  member(leg: string): Member | undefined {
    return this.#members.get(leg);
  }

  join(leg: Leg, mix: MixState): Member {
    const unheard = { hearsRoom: false, heard: null, heardKey: null };
    const member: Member = { leg, mix, ...unheard, mixed: newFrame() };
    this.#members.set(leg.id, member);
    return member;
  }

  leave(leg: string): void {
    this.#members.delete(leg);
    for (const [play, { only }] of this.#sounds) if (only === leg) this.stopSound(play);
    if (this.size === 0) for (const play of this.#sounds.keys()) this.stopSound(play);
  }

  addSound(play: string, sound: RoomSound): void {
    this.#sounds.set(play, sound);
  }

  /** Harmless when it is over. */
  stopSound(play: string): void {
    const sound = this.#sounds.get(play);
    this.#sounds.delete(play);
    sound?.player.stop();
  }

  /** One tick: after everybody has listened. `skipped`: frames the clock left out before it. */
  mix(skipped: number): void {
    this.#speakers = [];
    this.#played = [];
    for (const { only, player } of this.#sounds.values()) {
      const frame = player.next();
      if (frame !== null) this.#played.push({ only, frame });
    }
    for (const member of this.#members.values()) {
      const { muted, held, coaches } = member.mix;
      if (!muted && !held && coaches === null && member.leg.speaking) this.#speakers.push(member);
    }
    for (const member of this.#members.values()) {
      member.hearsRoom = !member.mix.held && (this.#hasCompany(member) || this.#playsTo(member));
      member.heard = member.hearsRoom ? this.#sum(member, member.mixed, true) : null;
      member.heardKey = member.hearsRoom ? this.#keyFor(member) : null;
    }
    for (const { left: leg, recorder } of this.recorders.values()) {
      const left = this.#members.get(leg);
      const says = left !== undefined && this.#speakers.includes(left) ? left.leg.spoken : null;
      recorder.write(says, this.#sum(left, this.#recorded, false), skipped);
    }
  }

  #hasCompany(member: Member): boolean {
    for (const other of this.#members.values()) {
      if (other === member || other.mix.held) continue;
      if (other.mix.coaches === null || other.mix.coaches === member.leg.id) return true;
    }
    return false;
  }

  #playsTo({ leg }: Member): boolean {
    return this.#played.some(({ only }) => only === null || only === leg.id);
  }

  /** One at a time is told: two that press at once are heard as one tone, too. */
  #keyFor(member: Member): PressedKey | null {
    for (const speaker of this.#speakers) {
      if (speaker !== member && speaker.leg.pressed !== null) return speaker.leg.pressed;
    }
    return null;
  }

  /**
   * What all speakers but `without` say, and what is played. One voice alone is passed on as it is.
   * `privately`: with what only `without` may hear; a recording never holds it.
   */
  #sum(without: Member | undefined, out: Frame, privately: boolean): Frame | null {
    let only: Frame | null = null;
    let voices = 0;
    for (const speaker of this.#speakers) {
      if (speaker !== without) only = this.#addVoice(speaker.leg.spoken, voices++, only);
    }
    for (const { only: to, frame } of this.#played) {
      const meant = to === null || (privately && to === without?.leg.id);
      if (meant) only = this.#addVoice(frame, voices++, only);
    }
    if (privately) {
      for (const other of this.#members.values()) {
        const { muted, held, coaches } = other.mix;
        const whispers = coaches !== null && coaches === without?.leg.id;
        if (whispers && !muted && !held && other.leg.speaking) {
          only = this.#addVoice(other.leg.spoken, voices++, only);
        }
      }
    }
    if (voices <= 1) return only;
    this.#mixer.into(out);
    return out;
  }

  /** The mixer is only used from the second voice on. */
  #addVoice(frame: Frame, voices: number, first: Frame | null): Frame {
    if (voices === 1) {
      this.#mixer.clear();
      this.#mixer.add(first!);
    }
    if (voices > 0) this.#mixer.add(frame);
    return first ?? frame;
  }
}
