import type { Logger } from 'pino';
import { SoundLibrary } from './audio/sound-library.ts';
import { Clock } from './clock.ts';
import { MediaFailure, unreadable } from './failure.ts';
import { SilenceWatches } from './audio/silence.ts';
import { BrowserLeg } from './leg/browser-leg.ts';
import { DemoLeg } from './leg/demo-leg.ts';
import type { Leg } from './leg/leg.ts';
import type { PeerNetwork } from './leg/peer.ts';
import { SoundPlayer } from './leg/sound-player.ts';
import type {
  CommandName,
  Commands,
  DemoStep,
  EventName,
  Events,
  MediaStats,
  MixState,
  RecordEnd,
} from './protocol.ts';
import { Recorder } from './recording/recorder.ts';
import { Room, type Member } from './room/room.ts';

export type Tell = <Name extends EventName>(event: Name, data: Events[Name]) => void;

type Handlers = {
  [Name in CommandName]: (
    ask: Commands[Name]['ask'],
  ) => Commands[Name]['answer'] | Promise<Commands[Name]['answer']>;
};

/** A leg and where it sits. A leg that is being made is not here yet. */
interface Seat {
  leg: Leg;
  room: Room | null;
  member: Member | null;
  /** Recordings of this leg alone. */
  /** Those who wait for it to be silent. */
  silences: SilenceWatches;
  recorders: Map<string, { track: 'both' | 'inbound' | 'outbound'; recorder: Recorder }>;
}

/** All legs, rooms and recordings of the process, and the clock that moves them. */
export class MediaEngine {
  readonly handlers: Handlers;
  readonly #network: PeerNetwork;
  readonly #tell: Tell;
  readonly #log: Logger;
  readonly #sounds = new SoundLibrary();
  readonly #clock = new Clock((skipped) => this.#tick(skipped));
  readonly #seats = new Map<string, Seat>();
  /** Names of demo legs whose sounds are still being read. */
  readonly #coming = new Set<string>();
  readonly #rooms = new Map<string, Room>();
  readonly #recorders = new Map<string, Recorder>();
  #cpu = process.cpuUsage();
  #concealed = 0;
  #closed = false;

  constructor(network: PeerNetwork, tell: Tell, log: Logger) {
    this.#network = network;
    this.#tell = tell;
    this.#log = log;
    this.handlers = {
      'leg.acceptOffer': ({ leg, sdp }) => this.#acceptOffer(leg, sdp),
      'leg.makeOffer': ({ leg }) => this.#makeOffer(leg),
      'leg.acceptAnswer': async ({ leg, sdp }) =>
        nothing(await this.#browser(leg).acceptAnswer(sdp)),
      'leg.reoffer': async ({ leg, sdp }) => ({ sdp: await this.#browser(leg).acceptOffer(sdp) }),
      'leg.demo': ({ leg, steps }) => this.#demo(leg, steps),
      'leg.play': ({ leg, play, sound }) => this.#play(leg, play, sound),
      'leg.stopPlay': ({ leg }) => nothing(this.#seat(leg).leg.player.stop()),
      'leg.sendDigits': ({ leg, digits }) => this.#seat(leg).leg.sendDigits(digits).then(nothing),
      'leg.awaitSilence': (ask) => this.#seat(ask.leg).silences.next(ask.silentMs).then(nothing),
      'leg.close': ({ leg }) => nothing(this.#closeLeg(leg)),
      'room.join': ({ room, leg, mix }) => nothing(this.#join(room, leg, mix)),
      'room.update': ({ room, leg, mix }) => nothing(this.#update(room, leg, mix)),
      'room.leave': ({ room, leg }) => nothing(this.#leaveRoom(room, leg)),
      'room.play': (ask) => this.#playInRoom(ask),
      'room.stopPlay': ({ room, play }) => nothing(this.#rooms.get(room)?.stopSound(play)),
      'record.start': (ask) => this.#record(ask),
      'record.pause': ({ recording, pause }) => nothing(this.#recorder(recording).pause(pause)),
      'record.stop': ({ recording }) => this.#stopRecording(recording),
      stats: () => this.#stats(),
      stop: async () => nothing(await this.close()),
    };
  }

  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    this.#clock.stop();
    for (const leg of [...this.#seats.keys()]) this.#closeLeg(leg);
    await Promise.all([...this.#recorders.values()].map((recorder) => recorder.stop()));
  }

  async #acceptOffer(id: string, sdp: string): Promise<{ sdp: string }> {
    const leg = this.#newBrowser(id);
    return { sdp: await this.#orForget(leg, () => leg.acceptOffer(sdp)) };
  }

  async #makeOffer(id: string): Promise<{ sdp: string }> {
    const leg = this.#newBrowser(id);
    return { sdp: await this.#orForget(leg, () => leg.makeOffer()) };
  }

  #newBrowser(id: string): BrowserLeg {
    this.#mustBeNew(id);
    const log = this.#log.child({ leg: id });
    const leg = new BrowserLeg(id, this.#network, this.#newPlayer(id), {
      connected: () => this.#tell('leg.connected', { leg: id }),
      heard: () => this.#tell('leg.heard', { leg: id }),
      quiet: (silentMs) => this.#tell('leg.quiet', { leg: id, silentMs }),
      resumed: () => this.#tell('leg.resumed', { leg: id }),
      lost: (why) => this.#tell('leg.lost', { leg: id, why }),
      digit: (digit) => this.#tell('leg.digit', { leg: id, digit }),
      problem: (err, what) => log.warn({ err }, what),
    });
    this.#seatLeg(leg);
    return leg;
  }

  /** A leg whose set-up failed leaves no trace. */
  async #orForget<T>(leg: Leg, setUp: () => Promise<T>): Promise<T> {
    try {
      return await setUp();
    } catch (error) {
      this.#closeLeg(leg.id);
      throw error;
    }
  }

  async #demo(id: string, steps: DemoStep[]): Promise<null> {
    this.#mustBeNew(id);
    this.#coming.add(id);
    try {
      const ended = (hangup: boolean): void => this.#tell('demo.ended', { leg: id, hangup });
      const leg = await DemoLeg.create(id, steps, this.#sounds, this.#newPlayer(id), ended);
      if (!this.#coming.has(id)) throw new MediaFailure('leg_unknown', `${id} was closed`);
      this.#seatLeg(leg);
    } finally {
      this.#coming.delete(id);
    }
    return null;
  }

  #newPlayer(leg: string): SoundPlayer {
    return new SoundPlayer(this.#sounds, (end) => this.#tell('play.ended', { leg, ...end }));
  }

  async #play(
    id: string,
    play: string,
    sound: Commands['leg.play']['ask']['sound'],
  ): Promise<null> {
    const { leg } = this.#seat(id);
    try {
      await leg.player.play(play, sound);
    } catch (error) {
      throw unreadable(error);
    }
    return null;
  }

  #seatLeg(leg: Leg): void {
    this.#seats.set(leg.id, {
      leg,
      room: null,
      member: null,
      silences: new SilenceWatches(),
      recorders: new Map(),
    });
    this.#clock.start();
  }

  #mustBeNew(id: string): void {
    if (this.#closed) throw new MediaFailure('internal', 'the media process is stopping');
    if (this.#seats.has(id) || this.#coming.has(id)) {
      throw new MediaFailure('leg_exists', `there is a leg ${id} already`);
    }
  }

  #seat(id: string): Seat {
    const seat = this.#seats.get(id);
    if (seat === undefined) throw new MediaFailure('leg_unknown', `no leg ${id}`);
    return seat;
  }

  #browser(id: string): BrowserLeg {
    const { leg } = this.#seat(id);
    if (!(leg instanceof BrowserLeg)) throw new MediaFailure('leg_unknown', `${id} is no browser`);
    return leg;
  }

  #closeLeg(id: string): void {
    this.#coming.delete(id);
    const seat = this.#seats.get(id);
    if (seat === undefined) return;
    this.#leave(seat);
    // Their ends are kept for `record.stop`, as those of a room's.
    for (const { recorder } of seat.recorders.values()) void recorder.stop();
    seat.silences.end();
    this.#seats.delete(id);
    if (seat.leg instanceof BrowserLeg) this.#concealed += seat.leg.jitter.stats.concealedFrames;
    seat.leg.close();
    if (this.#seats.size === 0) this.#clock.stop();
  }

  #join(id: string, leg: string, mix: MixState): void {
    const seat = this.#seat(leg);
    if (seat.room?.id === id) {
      this.#update(id, leg, mix);
      return;
    }
    this.#leave(seat);
    const room = this.#rooms.get(id) ?? new Room(id);
    this.#rooms.set(id, room);
    seat.room = room;
    seat.member = room.join(seat.leg, mix);
  }

  #update(id: string, leg: string, mix: MixState): void {
    const seat = this.#seat(leg);
    if (seat.room?.id !== id || seat.member === null) {
      throw new MediaFailure('room_unknown', `${leg} is not in ${id}`);
    }
    seat.member.mix = mix;
  }

  /** Leaving a room one is not in is harmless. */
  #leaveRoom(id: string, leg: string): void {
    const seat = this.#seats.get(leg);
    if (seat?.room?.id === id) this.#leave(seat);
  }

  #leave(seat: Seat): void {
    const { room } = seat;
    seat.room = null;
    seat.member = null;
    if (room === null) return;
    room.leave(seat.leg.id);
    if (room.size > 0) return;
    this.#rooms.delete(room.id);
    // Their ends are kept for `record.stop`.
    for (const { recorder } of room.recorders.values()) void recorder.stop();
  }

  async #playInRoom({
    room: id,
    play,
    path,
    only,
  }: Commands['room.play']['ask']): Promise<{ why: 'finished' | 'stopped' }> {
    const room = this.#room(id);
    let settle!: (why: 'finished' | 'stopped') => void;
    const over = new Promise<'finished' | 'stopped'>((resolve) => (settle = resolve));
    const player = new SoundPlayer(this.#sounds, ({ why }) => {
      settle(why === 'finished' ? 'finished' : 'stopped');
      room.stopSound(play);
    });
    room.addSound(play, { only, player });
    try {
      await player.play(play, { kind: 'file', path, loop: 1 });
    } catch (error) {
      throw unreadable(error);
    }
    return { why: await over };
  }

  #room(id: string): Room {
    const room = this.#rooms.get(id);
    if (room === undefined) throw new MediaFailure('room_unknown', `no room ${id}`);
    return room;
  }

  #record(ask: Commands['record.start']['ask']): { startedAt: number } {
    const room = 'room' in ask ? this.#room(ask.room) : null;
    const seat = 'leg' in ask ? this.#seat(ask.leg) : null;
    const { recording } = ask;
    if (this.#recorders.has(recording)) {
      throw new MediaFailure('internal', `there is a recording ${recording} already`);
    }
    const recorder = new Recorder(ask, (problem, err) => {
      this.#log.error({ recording, problem, err }, 'recording stopped, the call goes on');
      this.#tell('record.failed', { recording, problem });
    });
    this.#recorders.set(recording, recorder);
    if ('room' in ask) room?.recorders.set(recording, { left: ask.left, recorder });
    else seat?.recorders.set(recording, { track: ask.track, recorder });
    return { startedAt: recorder.startedAt };
  }

  #recorder(recording: string): Recorder {
    const recorder = this.#recorders.get(recording);
    if (recorder === undefined) {
      throw new MediaFailure('recording_unknown', `no recording ${recording}`);
    }
    return recorder;
  }

  async #stopRecording(recording: string): Promise<RecordEnd> {
    const recorder = this.#recorder(recording);
    for (const room of this.#rooms.values()) room.recorders.delete(recording);
    for (const seat of this.#seats.values()) seat.recorders.delete(recording);
    const end = await recorder.stop();
    this.#recorders.delete(recording);
    return end;
  }

  #stats(): MediaStats {
    const cpu = process.cpuUsage(this.#cpu);
    this.#cpu = process.cpuUsage();
    let concealedFrames = this.#concealed;
    for (const { leg } of this.#seats.values()) {
      if (leg instanceof BrowserLeg) concealedFrames += leg.jitter.stats.concealedFrames;
    }
    return {
      legs: this.#seats.size,
      rooms: this.#rooms.size,
      recordings: this.#recorders.size,
      tick: this.#clock.lateness.take(),
      concealedFrames,
      cpuUserMs: Math.round(cpu.user / 1000),
      cpuSystemMs: Math.round(cpu.system / 1000),
    };
  }

  #tick(skipped: number): void {
    for (const { leg, silences } of this.#seats.values()) {
      this.#guard(leg.id, () => {
        leg.listen();
        silences.frame(leg.speaking ? leg.spoken : null);
      });
    }
    for (const room of this.#rooms.values()) this.#guard(room.id, () => room.mix(skipped));
    for (const seat of this.#seats.values()) {
      this.#guard(seat.leg.id, () => {
        const played = seat.leg.player.next();
        const heard = seat.member?.hearsRoom === true ? seat.member.heard : played;
        for (const { track, recorder } of seat.recorders.values()) {
          const says = track !== 'outbound' && seat.leg.speaking ? seat.leg.spoken : null;
          recorder.write(says, track === 'inbound' ? null : heard, skipped);
        }
        seat.leg.hear(heard);
      });
    }
  }

  /** One leg's failure is nobody else's. */
  #guard(id: string, step: () => void): void {
    try {
      step();
    } catch (err) {
      this.#log.error({ id, err }, 'failed in this tick');
    }
  }
}

function nothing(_done: void): null {
  return null;
}
