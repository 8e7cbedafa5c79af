import type { Call } from '../leg/call.ts';
import type { MixState } from '../media/protocol.ts';
import type {
  ParticipantRecord,
  ParticipantStatus,
  ReasonParticipantLeft,
} from './conference-record.ts';
import type { ParticipantNews } from './conference-callbacks.ts';
import type { Music } from './music.ts';

export const BEEPS = ['true', 'false', 'onEnter', 'onExit'] as const;
export type Beep = (typeof BEEPS)[number];

export interface ParticipantSettings {
  label: string | null;
  muted: boolean;
  startConferenceOnEnter: boolean;
  endConferenceOnExit: boolean;
  /** The CallSid that this one whispers to; null: nobody. */
  coach: string | null;
  /** Heard before the conference starts. */
  wait: Music;
  /** Tells everybody of this one's coming and going. */
  beep: Beep;
  /** Those who wait hear what comes from its side before it is answered. */
  earlyMedia: boolean;
  /** What happens to the call once it has left; a call added over REST just ends. */
  left: ((reason: ReasonParticipantLeft) => void) | null;
}

export interface ParticipantChange {
  muted?: boolean;
  hold?: boolean;
  holdMusic?: Music;
  endConferenceOnExit?: boolean;
  beepOnExit?: boolean;
  wait?: Music;
  /** null: stops coaching. */
  coach?: string | null;
}

/** One call in a conference, or on its way into it. */
export class Participant {
  readonly call: Call;
  readonly record: ParticipantRecord;
  wait: Music;
  readonly beepOnEnter: boolean;
  beepOnExit: boolean;
  readonly earlyMedia: boolean;
  /** It is heard, and has not been answered. */
  early = false;
  readonly left: ParticipantSettings['left'];
  /** Aborted when the call is sent elsewhere; null where the call's script sees to that. */
  claim: AbortSignal | null = null;
  /** What it hears in place of the room. */
  music: { stop(): void } | null = null;

  constructor(call: Call, settings: ParticipantSettings) {
    const now = Date.now();
    this.call = call;
    this.wait = settings.wait;
    this.beepOnEnter = settings.beep === 'true' || settings.beep === 'onEnter';
    this.beepOnExit = settings.beep === 'true' || settings.beep === 'onExit';
    this.earlyMedia = settings.earlyMedia;
    this.left = settings.left;
    this.record = {
      callSid: call.sid,
      label: settings.label,
      muted: settings.muted,
      hold: false,
      coaching: settings.coach !== null,
      callSidToCoach: settings.coach,
      startConferenceOnEnter: settings.startConferenceOnEnter,
      endConferenceOnExit: settings.endConferenceOnExit,
      joined: false,
      createdAt: now,
      updatedAt: now,
    };
  }

  get status(): ParticipantStatus {
    if (this.record.joined) return 'connected';
    const { status } = this.call.record;
    return status === 'queued' || status === 'ringing' ? status : 'connecting';
  }

  /**
   * `legOf` finds the media leg of another call, for whispering. A coach whose pupil is not there
   * is heard by nobody: never by the room.
   */
  mix(legOf: (callSid: string) => string | null): MixState {
    const { muted, hold, coaching, callSidToCoach } = this.record;
    const coaches =
      coaching && callSidToCoach !== null ? (legOf(callSidToCoach) ?? callSidToCoach) : null;
    return { muted, held: hold, coaches };
  }

  /** Takes the change in; says what of it is news. Music and the room are its conference's. */
  change(change: ParticipantChange): ParticipantNews[] {
    const { record } = this;
    const news: ParticipantNews[] = [];
    this.beepOnExit = change.beepOnExit ?? this.beepOnExit;
    this.wait = change.wait ?? this.wait;
    if (change.muted !== undefined && change.muted !== record.muted) {
      record.muted = change.muted;
      news.push(change.muted ? 'participant-mute' : 'participant-unmute');
    }
    if (change.hold !== undefined && change.hold !== record.hold) {
      record.hold = change.hold;
      news.push(change.hold ? 'participant-hold' : 'participant-unhold');
    }
    const { coach = record.callSidToCoach, endConferenceOnExit = record.endConferenceOnExit } =
      change;
    if (endConferenceOnExit !== record.endConferenceOnExit || coach !== record.callSidToCoach) {
      news.push('participant-modify');
    }
    record.endConferenceOnExit = endConferenceOnExit;
    record.callSidToCoach = coach;
    record.coaching = coach !== null;
    if (news.length > 0) record.updatedAt = Date.now();
    return news;
  }

  stopMusic(): void {
    this.music?.stop();
    this.music = null;
  }
}
