import { randomUUID } from 'node:crypto';
import type { MediaLink } from '../media-link.ts';
import type { ConferenceRecord } from './conference-record.ts';
import type { Music, MusicPlayer } from './music.ts';
import type { Participant, ParticipantChange } from './participant.ts';

export interface RoomSoundParts {
  media: MediaLink;
  music: MusicPlayer;
  /** Path of the sound that tells of comings and goings. */
  beep: string;
}

/**
 * What everybody in a conference hears: each other once it has started, and music of their own
 * before that and while they are held. It decides nothing, and changes no record.
 */
export class RoomSound {
  readonly #room: Readonly<ConferenceRecord>;
  readonly #participants: ReadonlyMap<string, Participant>;
  readonly #parts: RoomSoundParts;

  constructor(
    room: Readonly<ConferenceRecord>,
    participants: ReadonlyMap<string, Participant>,
    parts: RoomSoundParts,
  ) {
    this.#room = room;
    this.#participants = participants;
    this.#parts = parts;
  }

  /** Into the media room, which exists from the first one on. */
  enter(participant: Participant): void {
    const leg = participant.call.line.mediaLeg;
    if (leg === null) return;
    if (!participant.record.hold) participant.stopMusic();
    const mix = participant.mix((sid) => this.#legOf(sid));
    this.#parts.media.tell('room.join', { room: this.#room.sid, leg, mix });
    for (const other of this.#participants.values()) {
      const coaches = other.record.joined && other.record.callSidToCoach === participant.call.sid;
      if (coaches && other !== participant) this.change(other, {});
    }
  }

  /** Out of it again; what it hears from then on is for others to say. */
  leave(participant: Participant): void {
    const leg = participant.call.line.mediaLeg;
    if (leg !== null) this.#parts.media.tell('room.leave', { room: this.#room.sid, leg });
  }

  /** Hears the wait music, from its beginning. */
  wait(participant: Participant): void {
    participant.stopMusic();
    participant.music = this.#play(participant, participant.wait);
  }

  /** Hears and is heard as its record now says. */
  change(participant: Participant, change: ParticipantChange): void {
    const leg = participant.call.line.mediaLeg;
    if (!participant.record.joined || leg === null) return;
    const started = this.#room.status === 'in-progress';
    if (change.hold === true) {
      participant.stopMusic();
      participant.music = this.#play(participant, change.holdMusic ?? { kind: 'default' });
    }
    if (started) {
      const mix = participant.mix((sid) => this.#legOf(sid));
      this.#parts.media.tell('room.update', { room: this.#room.sid, leg, mix });
    }
    if (change.hold === false) {
      if (started) participant.stopMusic();
      else this.wait(participant);
    }
  }

  /** Before the start nobody is heard any more who has not joined: all who have wait again. */
  endEarly(): void {
    const participants = [...this.#participants.values()];
    if (this.#room.status !== 'init' || participants.some(({ early }) => early)) return;
    for (const participant of participants) {
      if (!participant.record.joined || participant.call.line.mediaLeg === null) continue;
      this.leave(participant);
      if (!participant.record.hold) this.wait(participant);
    }
  }

  /** Everybody hears that somebody came or went. */
  beep(): void {
    const play = { room: this.#room.sid, play: randomUUID(), path: this.#parts.beep, only: null };
    this.#parts.media.tell('room.play', play);
  }

  #play(participant: Participant, music: Music): { stop(): void } {
    const { sid, friendlyName } = this.#room;
    const fields = { ConferenceSid: sid, FriendlyName: friendlyName };
    return this.#parts.music.play(participant.call, music, fields);
  }

  #legOf(callSid: string): string | null {
    return this.#participants.get(callSid)?.call.line.mediaLeg ?? null;
  }
}
