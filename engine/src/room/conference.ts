import type { HttpMethod } from '../callback/request.ts';
import type { Ledger } from '../journal/ledger.ts';
import type { Call, EndedFrom } from '../leg/call.ts';
import type { RecordingCallback } from '../recording/recording-record.ts';
import type { LiveRecording, Recorder } from '../recording/recorder.ts';
import type { ConferenceCallbacks } from './conference-callbacks.ts';
import type {
  ConferenceRecord,
  ReasonConferenceEnded,
  ReasonParticipantLeft,
} from './conference-record.ts';
import { Announcement, type Announcer } from './announcement.ts';
import { Participant, type ParticipantChange, type ParticipantSettings } from './participant.ts';
import { RoomSound, type RoomSoundParts } from './room-sound.ts';

export interface ConferenceParts extends RoomSoundParts {
  ledger: Ledger;
  recorder: Recorder;
  callbacks: ConferenceCallbacks;
  announcer: Announcer;
}

/** How a room is recorded; the first to ask decides. */
export interface WantedRecording {
  callback: RecordingCallback | null;
  trim: boolean;
}

/** A participant cannot be added, with Twilio's code. */
export class JoinRefused extends Error {
  readonly code: number;

  constructor(code: number, message: string) {
    super(message);
    this.name = 'JoinRefused';
    this.code = code;
  }
}

/**
 *  init ──► in-progress ──► completed
 *    └──────────────────────────┘
 *
 * It starts when two are in it and one of them may start it; the media room exists from then on.
 * Before that everybody hears the wait music of their own.
 */
export class Conference {
  readonly record: ConferenceRecord;
  readonly #parts: ConferenceParts;
  readonly #participants = new Map<string, Participant>();
  readonly #sound: RoomSound;
  /** Who may be recorded as soon as it starts; null: nobody asked for a recording. */
  #wanted: WantedRecording | null = null;
  #recording: LiveRecording | null = null;
  readonly #announcements = new Set<Announcement>();

  constructor(record: ConferenceRecord, parts: ConferenceParts) {
    this.record = record;
    this.#parts = parts;
    this.#sound = new RoomSound(record, this.#participants, parts);
    this.#save();
  }

  get sid(): string {
    return this.record.sid;
  }

  get over(): boolean {
    return this.record.status === 'completed';
  }

  participants(): Participant[] {
    return [...this.#participants.values()];
  }

  /** By CallSid or by label. */
  participant(name: string): Participant | undefined {
    return (
      this.#participants.get(name) ??
      this.participants().find((participant) => participant.record.label === name)
    );
  }

  /** Throws JoinRefused. A call that is not answered yet joins the moment it is. */
  add(call: Call, settings: ParticipantSettings, maxParticipants: number): Participant {
    this.checkRoomFor(settings.label, maxParticipants);
    if (settings.coach !== null) this.checkCoach(settings.coach);
    const participant = new Participant(call, settings);
    this.#participants.set(call.sid, participant);
    if (call.inProgress) this.#join(participant);
    else this.#save();
    return participant;
  }

  /** Throws JoinRefused when one more participant with this label would not be taken. */
  checkRoomFor(label: string | null, maxParticipants: number): void {
    if (label !== null && this.participants().some(({ record }) => record.label === label)) {
      throw new JoinRefused(16_025, `The conference has a participant labelled ${label} already`);
    }
    if (this.#participants.size >= maxParticipants) {
      throw new JoinRefused(16_004, 'The conference is full');
    }
  }

  /** Throws JoinRefused when nobody is there to be coached. */
  checkCoach(callSid: string): void {
    const pupil = this.#participants.get(callSid);
    if (pupil?.record.joined !== true) {
      throw new JoinRefused(16_028, 'The participant to be coached is not in the conference');
    }
    if (pupil.record.hold) {
      throw new JoinRefused(16_027, 'The participant to be coached is on hold');
    }
  }

  /** The first to ask for a recording decides how it is reported. */
  wantRecording(wanted: WantedRecording): void {
    this.#wanted ??= wanted;
    this.#record();
  }

  /**
   * A call that rings can be heard. Nobody joins by it and no news is told: whoever is here hears it
   * in place of the wait music, until it is answered or gone.
   */
  callEarly(call: Call): void {
    const participant = this.#participants.get(call.sid);
    if (participant?.earlyMedia !== true || participant.record.joined) return;
    participant.early = true;
    this.#sound.enter(participant);
    if (this.record.status === 'in-progress') return;
    for (const other of this.participants()) if (other.record.joined) this.#sound.enter(other);
  }

  callAnswered(call: Call): void {
    const participant = this.#participants.get(call.sid);
    if (participant && !participant.record.joined) this.#join(participant);
  }

  callEnded(call: Call, from: EndedFrom): void {
    const participant = this.#participants.get(call.sid);
    if (!participant) return;
    if (!participant.record.joined) this.#leave(participant, 'participant_add_failed', false);
    else if (from === 'far-end') this.#leave(participant, 'participant_hung_up', false);
    else this.#leave(participant, 'participant_updated_via_api', false);
  }

  /** Takes a participant out by request; a call that was added over REST ends with it. */
  remove(participant: Participant, kicked: boolean): void {
    if (this.#participants.get(participant.call.sid) !== participant) return;
    this.#leave(participant, 'participant_updated_via_api', kicked);
  }

  change(participant: Participant, change: ParticipantChange): void {
    const { record } = participant;
    if (change.coach !== undefined && change.coach !== null) this.checkCoach(change.coach);
    const news = participant.change(change);
    const waits = record.joined && this.record.status === 'init' && !record.hold;
    if (change.wait !== undefined && waits) this.#sound.wait(participant);
    if (news.length === 0) return;
    this.#save();
    this.#sound.change(participant, change);
    for (const event of news) {
      this.#parts.callbacks.tell(this.record, { event, participant: record });
    }
  }

  /**
   * Plays TwiML to everybody, or to one, over what is said. @throws JoinRefused before the start:
   * there is no room to play it to.
   */
  announce(url: string, method: HttpMethod, to: Participant | null): void {
    if (this.record.status !== 'in-progress') {
      throw new JoinRefused(20_001, 'The conference has not started: nobody would hear it');
    }
    const announcement = new Announcement(
      { room: this.record, url, method, to: to?.call ?? null },
      this.#parts,
    );
    this.#announcements.add(announcement);
    void announcement.over.then(() => this.#announcements.delete(announcement));
  }

  /** Ends it for everybody. */
  end(reason: ReasonConferenceEnded, ending: Participant | null = null): void {
    if (this.over) return;
    this.record.status = 'completed';
    this.record.reasonEnded = reason;
    this.record.callSidEnding = ending?.call.sid ?? null;
    // The recorder stops before anybody leaves, so that nothing is cut off it or added to it.
    this.#recording?.stop();
    for (const announcement of this.#announcements) announcement.stop();
    const left =
      reason === 'conference-ended-via-api'
        ? 'conference_ended_via_api'
        : 'moderator_ended_conference';
    for (const participant of this.participants()) this.#part(participant, left);
    this.#save();
    this.#parts.callbacks.tell(this.record, {
      event: 'conference-end',
      ending: ending?.record ?? null,
    });
  }

  #join(participant: Participant): void {
    const now = Date.now();
    const wasEarly = participant.early;
    participant.early = false;
    participant.record.joined = true;
    participant.record.updatedAt = now;
    this.#save();
    if (participant.left === null) this.#claim(participant);
    this.#parts.callbacks.tell(this.record, {
      event: 'participant-join',
      participant: participant.record,
    });
    if (this.record.status === 'in-progress') this.#sound.enter(participant);
    else if (this.#mayStart()) this.#start();
    else return wasEarly ? this.#sound.endEarly() : this.#sound.wait(participant);
    if (participant.beepOnEnter) this.#sound.beep();
  }

  /** Nobody but the room has a call that was added over REST: sent elsewhere, it leaves. */
  #claim(participant: Participant): void {
    participant.claim = participant.call.claim();
    const leave = () => this.remove(participant, false);
    participant.claim.addEventListener('abort', leave, { once: true });
  }

  #mayStart(): boolean {
    const joined = this.participants().filter(({ record }) => record.joined);
    return joined.length >= 2 && joined.some(({ record }) => record.startConferenceOnEnter);
  }

  #start(): void {
    this.record.status = 'in-progress';
    this.#save();
    for (const participant of this.participants()) {
      if (participant.record.joined) this.#sound.enter(participant);
    }
    this.#parts.callbacks.tell(this.record, { event: 'conference-start' });
    this.#record();
  }

  #record(): void {
    if (this.#wanted === null || this.#recording !== null) return;
    if (this.record.status !== 'in-progress') return;
    const first = this.participants().find(({ record }) => record.joined);
    const left = first?.call.line.mediaLeg;
    if (!first || !left) return;
    this.#recording = this.#parts.recorder.start({
      conferenceSid: this.sid,
      callSid: first.call.sid,
      tap: { room: this.sid, left },
      source: 'Conference',
      channels: 2,
      track: 'both',
      ...this.#wanted,
    });
  }

  #leave(participant: Participant, reason: ReasonParticipantLeft, kicked: boolean): void {
    const { joined, endConferenceOnExit } = participant.record;
    const last = !this.participants().some((other) => other !== participant);
    const ends = joined && (endConferenceOnExit || last);
    // The recorder stops first: what comes after the leaving is no conversation.
    if (ends) this.#recording?.stop();
    this.#part(participant, reason);
    if (joined && endConferenceOnExit) {
      const how = kicked ? 'kicked' : 'left';
      this.end(`participant-with-end-conference-on-exit-${how}`, participant);
    } else if (last) {
      this.end(kicked ? 'last-participant-kicked' : 'last-participant-left', participant);
    }
  }

  /** Out of the room, told to the application; what becomes of the call is decided last. */
  #part(participant: Participant, reason: ReasonParticipantLeft): void {
    const { call, record } = participant;
    this.#participants.delete(call.sid);
    participant.stopMusic();
    if (participant.early) this.#sound.endEarly();
    if (record.joined) this.#sound.leave(participant);
    if (participant.left !== null) participant.left(reason);
    else if (participant.claim?.aborted !== true) call.hangUp();
    this.#save();
    const heard = this.record.status === 'in-progress' && record.joined;
    if (heard && participant.beepOnExit && this.#participants.size > 0) this.#sound.beep();
    this.#parts.callbacks.tell(this.record, {
      event: 'participant-leave',
      participant: record,
      callStatus: call.record.status,
      reason,
    });
  }

  #save(): void {
    this.record.updatedAt = Date.now();
    this.record.participants = this.participants().map(({ record }) => record);
    this.#parts.ledger.conferences.save(this.record);
  }
}
