/**
 * The words between the engine's two processes.
 *
 * Control (REST, TwiML, callbacks, signalling, journal) forks one media process (WebRTC, rooms,
 * recorders) and speaks to it over Node's IPC channel with `serialization: 'advanced'`. Every
 * command is answered exactly once with the same `id`; events come unasked. All names of legs,
 * rooms and recordings are chosen by control (they are Twilio sids) and mean nothing here.
 *
 * Audio is 8 kHz mono, 20 ms frames of 160 samples. Times are milliseconds of `Date.now()`.
 */

/** Something that can be heard in place of the room. */
export type Sound =
  | { kind: 'silence' }
  /** A WAV file: 16-bit PCM, mu-law or A-law, 8 kHz mono. `loop` 0 means for ever. */
  | { kind: 'file'; path: string; loop: number };

/** What a demo customer's phone does once it is answered, one step after the other. */
export type DemoStep =
  | { do: 'play'; path: string }
  | { do: 'silence'; ms: number }
  /** Sends back what it hears, `delayMs` later, for `ms` (absent: until the leg closes). */
  | { do: 'echo'; delayMs: number; ms?: number }
  | { do: 'hangup' };

/**
 * What two sides agreed about plain RTP (RFC 3264), as a telephone leg needs it. A change of it
 * (hold, another address) is a new flow for the same leg.
 */
export interface RtpFlow {
  /** Where the other side says it listens; where its packets come from wins (symmetric RTP). */
  remote: { address: string; port: number; rtcpPort: number };
  law: 'PCMU' | 'PCMA';
  payloadType: number;
  /** RFC 4733; null: keys go as audible tones. */
  telephoneEvent: number | null;
  /** RFC 3389; null: none agreed. */
  comfortNoise: number | null;
  /** a=sendrecv and its kin, as seen from here: hold is sends, and does not receive, or neither. */
  sends: boolean;
  receives: boolean;
  /** RFC 4568; null: plain RTP. Keys are key and salt, 30 bytes in base64. */
  srtp: {
    suite: 'AES_CM_128_HMAC_SHA1_80' | 'AES_CM_128_HMAC_SHA1_32';
    ours: string;
    theirs: string;
  } | null;
}

/** Counters of a telephone leg since its first packet. */
export interface RtpStats {
  packetsSent: number;
  packetsReceived: number;
  /** RFC 3550 §6.4.1, counted here; and what the other side's last report says of us. */
  lost: number;
  theirLost: number | null;
  /** Milliseconds; round trip null: no report of theirs yet. */
  jitterMs: number;
  roundTripMs: number | null;
  /** The other side's packets held something else than silence. */
  heardSound: boolean;
  /** Packets that came from somewhere else, and those that SRTP found forged, damaged or repeated. */
  strangers: number;
  unauthentic: number;
}

export interface Commands {
  /** A browser's leg from the browser's SDP offer. Answered when our answer is complete. */
  'leg.acceptOffer': { ask: { leg: string; sdp: string }; answer: { sdp: string } };
  /** A browser's leg that we offer (a call to the browser). */
  'leg.makeOffer': { ask: { leg: string }; answer: { sdp: string } };
  /** Answered when the browser has been heard from too; refused when the leg is closed before. */
  'leg.acceptAnswer': { ask: { leg: string; sdp: string }; answer: null };
  /** ICE restart, or a browser that came back: a new offer for a leg we have. */
  'leg.reoffer': { ask: { leg: string; sdp: string }; answer: { sdp: string } };
  /** A demo customer's leg; its steps start now. */
  'leg.demo': { ask: { leg: string; steps: DemoStep[] }; answer: null };
  /** A telephone's leg: a port pair of its own. Silent both ways until it has a flow. */
  'leg.rtp': { ask: { leg: string }; answer: { port: number } };
  'leg.flow': { ask: { leg: string; flow: RtpFlow }; answer: null };
  'leg.rtpStats': { ask: { leg: string }; answer: RtpStats };
  /**
   * What the leg hears while it is not hearing a room: wait or hold music, ringback, a message.
   * Replaces what it heard before. `play` comes back in `play.ended`.
   */
  'leg.play': { ask: { leg: string; play: string; sound: Sound }; answer: null };
  'leg.stopPlay': { ask: { leg: string }; answer: null };
  /**
   * Presses keys towards the far end: RFC 4733 where the leg has it, else audible tones. Answered
   * when all are pressed, or the leg is closed.
   */
  'leg.sendDigits': { ask: { leg: string; digits: string }; answer: null };
  /** Answered when the far end has said nothing for `silentMs` from now on, or the leg is closed. */
  'leg.awaitSilence': { ask: { leg: string; silentMs: number }; answer: null };
  /** Closing a leg that is gone is harmless. Takes it out of its room. */
  'leg.close': { ask: { leg: string }; answer: null };

  /** The room exists from its first join to its last leave. */
  'room.join': { ask: { room: string; leg: string; mix: MixState }; answer: null };
  'room.update': { ask: { room: string; leg: string; mix: MixState }; answer: null };
  'room.leave': { ask: { room: string; leg: string }; answer: null };
  /**
   * Plays a file into the room, over what is said there: to everybody (and to its recordings), or
   * to one leg only. Who is held does not hear it. Answered when it is over: `stopped` when the
   * room or that leg is gone, or by `room.stopPlay`.
   */
  'room.play': {
    ask: { room: string; play: string; path: string; only: string | null };
    answer: { why: 'finished' | 'stopped' };
  };
  'room.stopPlay': { ask: { room: string; play: string }; answer: null };

  /**
   * Two channels, mu-law interleaved, to `path` (created; must not exist). Of a room: left what
   * `left` says, right what everybody else there says. Of a leg: left what it says (inbound), right
   * what it hears (outbound); the track that is not asked for is silent. Written at least every
   * 500 ms, so that a kill loses less than a second. Recording goes on until `record.stop`, or
   * until the room is empty or the leg closed.
   */
  'record.start': {
    ask: { recording: string; path: string; minFreeBytes: number } & RecordTap;
    answer: { startedAt: number };
  };
  /** silence: time goes on and is silent. skip: the file has a gap. null: goes on recording. */
  'record.pause': { ask: { recording: string; pause: 'silence' | 'skip' | null }; answer: null };
  'record.stop': { ask: { recording: string }; answer: RecordEnd };

  /** For the health page and the benchmarks. */
  stats: { ask: Record<string, never>; answer: MediaStats };
  /** Close everything and exit with 0. */
  stop: { ask: Record<string, never>; answer: null };
}

export interface MixState {
  /** The room does not hear this leg. */
  muted: boolean;
  /** The leg hears its `leg.play` sound and not the room; the room does not hear the leg. */
  held: boolean;
  /** Hears the room but is heard only by the leg named here (a supervisor's whisper). */
  coaches: string | null;
}

export type RecordTap =
  { room: string; left: string } | { leg: string; track: 'both' | 'inbound' | 'outbound' };

export interface RecordEnd {
  startedAt: number;
  durationMs: number;
  /** Null when all is well. The file then may be short, or missing. */
  problem: 'disk_full' | 'write_failed' | null;
}

export interface MediaStats {
  legs: number;
  rooms: number;
  recordings: number;
  /** The mixing clock since the last `stats`: how late ticks were, in ms. */
  tick: { count: number; p50: number; p99: number; max: number };
  concealedFrames: number;
  cpuUserMs: number;
  cpuSystemMs: number;
}

export interface Events {
  /** Sent once, when commands may come. `udpPort` carries all browser media. */
  ready: { udpPort: number };
  /** Sound can flow: DTLS is up (browsers), or there is a flow (telephones). */
  'leg.connected': { leg: string };
  /** First packet with sound from the far end. */
  'leg.heard': { leg: string };
  /** No packet from the far end for `silentMs`; sent once, and again when it comes back. */
  'leg.quiet': { leg: string; silentMs: number };
  'leg.resumed': { leg: string };
  /** The transport is dead for good (ICE failed, peer closed). The leg must still be closed. */
  'leg.lost': { leg: string; why: string };
  /** The far end pressed a key: one of 0–9 * # A–D. */
  'leg.digit': { leg: string; digit: string };
  /** The sound is over, or was replaced. */
  'play.ended': { leg: string; play: string; why: 'finished' | 'replaced' | 'stopped' | 'failed' };
  /** A demo customer's script asked to hang up, or has no more steps. */
  'demo.ended': { leg: string; hangup: boolean };
  /** The recorder gave up; the call goes on. */
  'record.failed': { recording: string; problem: 'disk_full' | 'write_failed' };
}

export type CommandName = keyof Commands;
export type EventName = keyof Events;

/** Control → media. */
export type CommandMessage = {
  [Name in CommandName]: { id: number; command: Name; ask: Commands[Name]['ask'] };
}[CommandName];

/** Media → control. */
export type MediaMessage =
  | { id: number; ok: true; answer: unknown }
  /** `code` is one of MediaErrorCode. */
  | { id: number; ok: false; code: MediaErrorCode; message: string }
  | { [Name in EventName]: { event: Name; data: Events[Name] } }[EventName];

export type MediaErrorCode =
  | 'leg_unknown'
  | 'leg_exists'
  | 'room_unknown'
  | 'recording_unknown'
  | 'sdp_refused'
  | 'transport_failed'
  | 'file_unreadable'
  | 'internal';
