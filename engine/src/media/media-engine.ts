import type { Logger } from 'pino';
import { SoundLibrary } from './audio/sound-library.ts';
import { Clock } from './clock.ts';
import { MediaFailure, unreadable } from './failure.ts';
import { BrowserLeg } from './leg/browser-leg.ts';
import type { Leg } from './leg/leg.ts';
import { LegMaker, type LegNeeds, type Tell } from './leg/make-legs.ts';
import { RtpLeg } from './leg/rtp-leg.ts';
import { SoundPlayer } from './leg/sound-player.ts';
import type {
  CommandName,
  Commands,
  DemoStep,
  MediaStats,
  MixState,
  RecordEnd,
} from './protocol.ts';
import { Recordings } from './recordings.ts';
import { Room } from './room/room.ts';
import { Seats, type Seat } from './seats.ts';

type Handlers = {
  [Name in CommandName]: (
    ask: Commands[Name]['ask'],
  ) => Commands[Name]['answer'] | Promise<Commands[Name]['answer']>;
};

/** All legs, rooms and recordings of the process, and the clock that moves them. */
export class MediaEngine {
  readonly handlers: Handlers;
  readonly #log: Logger;
  readonly #sounds = new SoundLibrary();
  readonly #clock = new Clock((skipped) => this.#tick(skipped));
  readonly #make: LegMaker;
  readonly #seats = new Seats();
  readonly #rooms = new Map<string, Room>();
  readonly #recordings: Recordings;
  #cpu = process.cpuUsage();
  /** Of legs that are gone. */
  #concealed = 0;
  #closed = false;

  constructor(needs: Omit<LegNeeds, 'sounds' | 'tell' | 'log'>, tell: Tell, log: Logger) {
    this.#log = log;
    this.#make = new LegMaker({ ...needs, sounds: this.#sounds, tell, log });
    this.#recordings = new Recordings((failure) => tell('record.failed', failure), log);
    this.handlers = {
      'leg.acceptOffer': ({ leg, sdp }) => this.#acceptOffer(leg, sdp),
      'leg.makeOffer': ({ leg }) => this.#makeOffer(leg),
      'leg.acceptAnswer': async ({ leg, sdp }) =>
        nothing(await this.#browser(leg).acceptAnswer(sdp)),
      'leg.reoffer': async ({ leg, sdp }) => ({ sdp: await this.#browser(leg).acceptOffer(sdp) }),
      'leg.demo': ({ leg, steps }) => this.#demo(leg, steps),
      'leg.rtp': ({ leg }) => this.#telephone(leg),
      'leg.flow': ({ leg, flow }) => nothing(this.#rtp(leg).setFlow(flow)),
      'leg.rtpStats': ({ leg }) => this.#rtp(leg).stats,
      'leg.play': ({ leg, play, sound }) => this.#play(leg, play, sound),
      'leg.stopPlay': ({ leg }) => nothing(this.#seats.get(leg).leg.player.stop()),
      'leg.sendDigits': ({ leg, digits }) =>
        this.#seats.get(leg).leg.sendDigits(digits).then(nothing),
      'leg.awaitSilence': (ask) =>
        this.#seats.get(ask.leg).silences.next(ask.silentMs).then(nothing),
      'leg.close': ({ leg }) => nothing(this.#closeLeg(leg)),
      'room.join': ({ room, leg, mix }) => nothing(this.#join(room, leg, mix)),
      'room.update': ({ room, leg, mix }) => nothing(this.#update(room, leg, mix)),
      'room.leave': ({ room, leg }) => nothing(this.#leaveRoom(room, leg)),
      'room.play': (ask) => this.#playInRoom(ask),
      'room.stopPlay': ({ room, play }) => nothing(this.#rooms.get(room)?.stopSound(play)),
      'record.start': (ask) => this.#record(ask),
      'record.pause': ({ recording, pause }) =>
        nothing(this.#recordings.get(recording).pause(pause)),
      'record.stop': ({ recording }) => this.#stopRecording(recording),
      stats: () => this.#stats(),
      stop: async () => nothing(await this.close()),
    };
  }

  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    this.#clock.stop();
    for (const { leg } of [...this.#seats]) this.#closeLeg(leg.id);
    await this.#recordings.close();
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
    this.#mustBeOpen();
    this.#seats.mustBeNew(id);
    const leg = this.#make.browser(id);
    this.#seats.add(leg);
    this.#clock.start();
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
    this.#mustBeOpen();
    await this.#seats.addWhenMade(id, () => this.#make.demo(id, steps));
    this.#clock.start();
    return null;
  }

  async #telephone(id: string): Promise<{ port: number }> {
    this.#mustBeOpen();
    let port!: number;
    await this.#seats.addWhenMade(id, async () => {
      const made = await this.#make.telephone(id);
      port = made.port;
      return made.leg;
    });
    this.#clock.start();
    return { port };
  }

  async #play(
    id: string,
    play: string,
    sound: Commands['leg.play']['ask']['sound'],
  ): Promise<null> {
    const { leg } = this.#seats.get(id);
    try {
      await leg.player.play(play, sound);
    } catch (error) {
      throw unreadable(error);
    }
    return null;
  }

  #mustBeOpen(): void {
    if (this.#closed) throw new MediaFailure('internal', 'the media process is stopping');
  }

  #browser(id: string): BrowserLeg {
    const { leg } = this.#seats.get(id);
    if (!(leg instanceof BrowserLeg)) throw new MediaFailure('leg_unknown', `${id} is no browser`);
    return leg;
  }

  #rtp(id: string): RtpLeg {
    const { leg } = this.#seats.get(id);
    if (!(leg instanceof RtpLeg)) throw new MediaFailure('leg_unknown', `${id} is no telephone`);
    return leg;
  }

  #closeLeg(id: string): void {
    const seat = this.#seats.remove(id);
    if (seat === null) return;
    this.#leave(seat);
    // Their ends are kept for `record.stop`, as those of a room's.
    for (const { recorder } of seat.recorders.values()) void recorder.stop();
    seat.silences.end();
    this.#concealed += seat.leg.concealedFrames;
    seat.leg.close();
    if (this.#seats.size === 0) this.#clock.stop();
  }

  #join(id: string, leg: string, mix: MixState): void {
    const seat = this.#seats.get(leg);
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
    const seat = this.#seats.get(leg);
    if (seat.room?.id !== id || seat.member === null) {
      throw new MediaFailure('room_unknown', `${leg} is not in ${id}`);
    }
    seat.member.mix = mix;
  }

  /** Leaving a room one is not in is harmless. */
  #leaveRoom(id: string, leg: string): void {
    const seat = this.#seats.find(leg);
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
    const seat = 'leg' in ask ? this.#seats.get(ask.leg) : null;
    const recorder = this.#recordings.start(ask);
    if ('room' in ask) room?.recorders.set(ask.recording, { left: ask.left, recorder });
    else seat?.recorders.set(ask.recording, { track: ask.track, recorder });
    return { startedAt: recorder.startedAt };
  }

  #stopRecording(recording: string): Promise<RecordEnd> {
    for (const room of this.#rooms.values()) room.recorders.delete(recording);
    for (const seat of this.#seats) seat.recorders.delete(recording);
    return this.#recordings.stop(recording);
  }

  #stats(): MediaStats {
    const cpu = process.cpuUsage(this.#cpu);
    this.#cpu = process.cpuUsage();
    let concealedFrames = this.#concealed;
    for (const { leg } of this.#seats) concealedFrames += leg.concealedFrames;
    return {
      legs: this.#seats.size,
      rooms: this.#rooms.size,
      recordings: this.#recordings.size,
      tick: this.#clock.lateness.take(),
      concealedFrames,
      cpuUserMs: Math.round(cpu.user / 1000),
      cpuSystemMs: Math.round(cpu.system / 1000),
    };
  }

  #tick(skipped: number): void {
    for (const { leg, silences } of this.#seats) {
      this.#guard(leg.id, () => {
        leg.listen();
        silences.frame(leg.speaking ? leg.spoken : null);
      });
    }
    for (const room of this.#rooms.values()) this.#guard(room.id, () => room.mix(skipped));
    for (const seat of this.#seats) {
      this.#guard(seat.leg.id, () => {
        const played = seat.leg.player.next();
        const { member } = seat;
        const heard = member?.hearsRoom === true ? member.heard : played;
        for (const { track, recorder } of seat.recorders.values()) {
          const says = track !== 'outbound' && seat.leg.speaking ? seat.leg.spoken : null;
          recorder.write(says, track === 'inbound' ? null : heard, skipped);
        }
        seat.leg.hear(heard, member?.heardKey ?? null);
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
