import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { muLaw } from '../src/media/audio/g711.ts';
import type { MixState } from '../src/media/protocol.ts';
import { hears, hearsNothing, MediaBench } from './media-bench.ts';
import { loudPart, tonality } from './media-peer.ts';

const OPEN: MixState = { muted: false, held: false, coaches: null };
const HELD: MixState = { ...OPEN, held: true };
const MUTED: MixState = { ...OPEN, muted: true };

let bench: MediaBench;
beforeEach(async () => {
  bench = await MediaBench.start();
});
afterEach(() => bench.close());

describe('two browsers in a room', () => {
  it('hear each other, and nobody when held, muted or alone', async () => {
    const ann = await bench.browser('ann', 440);
    const bob = await bench.browser('bob', 1000);
    await hearsNothing(ann);
    await bench.media.ask('room.join', { room: 'R', leg: 'ann', mix: OPEN });
    await bench.media.ask('room.join', { room: 'R', leg: 'bob', mix: OPEN });
    await hears(ann, 1000);
    await hears(bob, 440);

    const music = await bench.toneFile('music.wav', 300, 1);
    const sound = { kind: 'file', path: music, loop: 0 } as const;
    await bench.media.ask('leg.play', { leg: 'bob', play: 'P1', sound });
    await bench.media.ask('room.update', { room: 'R', leg: 'bob', mix: HELD });
    await hears(bob, 300);
    await hearsNothing(ann);

    await bench.media.ask('room.update', { room: 'R', leg: 'bob', mix: MUTED });
    await hears(bob, 440);
    await hearsNothing(ann);

    await bench.media.ask('room.update', { room: 'R', leg: 'bob', mix: OPEN });
    await hears(ann, 1000);
    await bench.media.ask('room.leave', { room: 'R', leg: 'ann' });
    await hearsNothing(ann);
    await hears(bob, 300);
    await bench.media.ask('leg.close', { leg: 'bob' });
    await bench.media.ask('leg.close', { leg: 'bob' });
    await bench.until('play.ended', { leg: 'bob', play: 'P1', why: 'stopped' });
  });

  it('are recorded, each on a channel, for as long as they talked', async () => {
    const ann = await bench.browser('ann', 440);
    await bench.browser('bob', 1000);
    await bench.media.ask('room.join', { room: 'R', leg: 'ann', mix: OPEN });
    await bench.media.ask('room.join', { room: 'R', leg: 'bob', mix: OPEN });
    await hears(ann, 1000);
    const path = join(bench.folder, 'spool');
    const started = await bench.media.ask('record.start', {
      recording: 'REC',
      room: 'R',
      left: 'ann',
      path,
      minFreeBytes: 0,
    });
    await vi.waitFor(async () => expect((await stat(path)).size).toBeGreaterThan(16_000), 3000);
    const asked = Date.now();
    const end = await bench.media.ask('record.stop', { recording: 'REC' });
    expect(end.problem).toBeNull();
    expect(Math.abs(end.durationMs - (asked - started.startedAt))).toBeLessThan(60);
    const spool = await readFile(path);
    expect(spool.length).toBe(end.durationMs * 16);
    const channel = (from: 0 | 1): Int16Array =>
      Int16Array.from(
        { length: spool.length / 2 },
        (_, i) => muLaw.decodeTable[spool[2 * i + from]!]!,
      );
    expect(tonality(channel(0), 440).share).toBeGreaterThan(0.99);
    expect(tonality(channel(1), 1000).share).toBeGreaterThan(0.99);
    await expect(bench.media.ask('record.stop', { recording: 'REC' })).rejects.toMatchObject({
      code: 'recording_unknown',
    });
  });

  it('go on talking when the disk is full', async () => {
    const ann = await bench.browser('ann', 440);
    await bench.browser('bob', 1000);
    await bench.media.ask('room.join', { room: 'R', leg: 'ann', mix: OPEN });
    await bench.media.ask('room.join', { room: 'R', leg: 'bob', mix: OPEN });
    const path = join(bench.folder, 'spool');
    const ask = { recording: 'REC', room: 'R', left: 'ann', path, minFreeBytes: 2 ** 52 };
    await bench.media.ask('record.start', ask);
    await bench.until('record.failed', { recording: 'REC', problem: 'disk_full' });
    await hears(ann, 1000);
    await expect(bench.media.ask('record.stop', { recording: 'REC' })).resolves.toMatchObject({
      problem: 'disk_full',
    });
  });

  it('hear keys as tones, and pressed keys arrive', async () => {
    const ann = await bench.browser('ann', null);
    const bob = await bench.browser('bob', null);
    await bench.media.ask('room.join', { room: 'R', leg: 'ann', mix: OPEN });
    await bench.media.ask('room.join', { room: 'R', leg: 'bob', mix: OPEN });
    const { timestamp } = bob;
    for (let copy = 0; copy < 3; copy++) {
      bob.sendKeyPacket([5, 0x8a, 0x06, 0x40], timestamp, copy === 0);
    }
    await bench.until('leg.digit', { leg: 'bob', digit: '5' });
    await vi.waitFor(() => {
      const sound = loudPart(ann.lastHeard(2000));
      expect(sound.length).toBeGreaterThan(1500);
      expect(sound.length).toBeLessThan(1700);
      // 200 ms of key 5.
      expect(tonality(sound, 770).share).toBeGreaterThan(0.3);
      expect(tonality(sound, 1336).share).toBeGreaterThan(0.3);
    }, 3000);
    expect(bench.told.filter((one) => one.event === 'leg.digit')).toHaveLength(1);

    await bench.media.ask('leg.sendDigits', { leg: 'bob', digits: '1w#' });
    await vi.waitFor(() => {
      const ends = bob.heard.filter((one) => one.payloadType === 101 && one.payload[1]! & 0x80);
      expect(ends.map((one) => one.payload[0])).toEqual([1, 1, 1, 11, 11, 11]);
    }, 3000);
  });
});

describe('a browser', () => {
  it('can be called', async () => {
    const peer = bench.peer('ann');
    const { sdp } = await bench.media.ask('leg.makeOffer', { leg: 'ann' });
    peer.say(440);
    await bench.media.ask('leg.acceptAnswer', { leg: 'ann', sdp: await peer.answer(sdp) });
    await bench.until('leg.heard', { leg: 'ann' });
    const path = await bench.toneFile('ring.wav', 500, 1);
    await bench.media.ask('leg.play', {
      leg: 'ann',
      play: 'P',
      sound: { kind: 'file', path, loop: 1 },
    });
    await hears(peer, 500);
    await bench.until('play.ended', { leg: 'ann', play: 'P', why: 'finished' });
  });

  it('that is called is looked for where its first check came from', async () => {
    for (const leg of ['knocks early', 'knocks late']) {
      const { sdp } = await bench.media.ask('leg.makeOffer', { leg });
      const browser = await bench.stunBrowser();
      if (leg === 'knocks early') await browser.knock(sdp, bench.media.udpPort);
      const taken = bench.media.ask('leg.acceptAnswer', { leg, sdp: browser.answer(sdp) });
      if (leg === 'knocks late') await browser.knock(sdp, bench.media.udpPort);
      await taken;
      await browser.checked;
    }
  });

  it('that is called and never heard from is given up with its leg', async () => {
    const { sdp } = await bench.media.ask('leg.makeOffer', { leg: 'ann' });
    const browser = await bench.stunBrowser();
    const taken = bench.media.ask('leg.acceptAnswer', { leg: 'ann', sdp: browser.answer(sdp) });
    const refused = expect(taken).rejects.toMatchObject({ code: 'leg_unknown' });
    await bench.media.ask('leg.close', { leg: 'ann' });
    await refused;
  });

  it('that falls silent is noticed within a second and a half, and when it is back', async () => {
    const ann = await bench.browser('ann', 440);
    ann.fallSilent();
    const at = Date.now();
    await bench.until('leg.quiet', { leg: 'ann' });
    expect(Date.now() - at).toBeLessThan(1500);
    ann.sendKeyPacket([1, 0, 0, 160], ann.timestamp);
    await bench.until('leg.resumed', { leg: 'ann' });
  });

  it('that comes back with a new connection is heard again on the same leg', async () => {
    const ann = await bench.browser('ann', 440);
    const bob = await bench.browser('bob', 1000);
    await bench.media.ask('room.join', { room: 'R', leg: 'ann', mix: OPEN });
    await bench.media.ask('room.join', { room: 'R', leg: 'bob', mix: OPEN });
    await hears(bob, 440);
    const again = bench.peer('again');
    const offer = await again.offer();
    const { sdp } = await bench.media.ask('leg.reoffer', { leg: 'ann', sdp: offer });
    const repeated = await bench.media.ask('leg.reoffer', { leg: 'ann', sdp: offer });
    expect(repeated.sdp).toBe(sdp);
    again.say(600);
    again.accept(sdp);
    await hears(bob, 600);
    await hears(again, 1000);
    ann.close();
    await hears(bob, 600);
    expect(bench.told.some((one) => one.event === 'leg.lost')).toBe(false);
  });

  it('without G.711 is refused, and so is nonsense', async () => {
    const peer = bench.peer('ann');
    const sdp = await peer.offer({ pcmu: false });
    await expect(bench.media.ask('leg.acceptOffer', { leg: 'ann', sdp })).rejects.toMatchObject({
      code: 'sdp_refused',
    });
    for (const bad of ['', 'v=0\r\n', 'v=0\r\nm=audio 9 X 0\r\n']) {
      await expect(
        bench.media.ask('leg.acceptOffer', { leg: 'ann', sdp: bad }),
      ).rejects.toMatchObject({
        code: 'sdp_refused',
      });
    }
    expect((await bench.media.ask('stats', {})).legs).toBe(0);
  });

  it('gets keys as tones when it has no telephone events', async () => {
    const peer = bench.peer('ann');
    const offer = await peer.offer({ keys: false });
    const { sdp } = await bench.media.ask('leg.acceptOffer', { leg: 'ann', sdp: offer });
    peer.accept(sdp);
    await bench.until('leg.heard', { leg: 'ann' });
    await bench.media.ask('leg.sendDigits', { leg: 'ann', digits: '8' });
    await vi.waitFor(() => {
      const loud = loudPart(peer.lastHeard(1000));
      expect(tonality(loud, 852).share).toBeGreaterThan(0.3);
      expect(tonality(loud, 1336).share).toBeGreaterThan(0.3);
    }, 3000);
  });
});

describe('a demo customer', () => {
  it('talks, echoes what it hears, and hangs up', async () => {
    const ann = await bench.browser('ann', 440);
    const path = await bench.toneFile('hello.wav', 700, 1);
    await bench.media.ask('leg.demo', {
      leg: 'demo',
      steps: [
        { do: 'play', path },
        { do: 'silence', ms: 200 },
        { do: 'echo', delayMs: 400, ms: 1500 },
        { do: 'hangup' },
      ],
    });
    await bench.media.ask('room.join', { room: 'R', leg: 'ann', mix: OPEN });
    await bench.media.ask('room.join', { room: 'R', leg: 'demo', mix: OPEN });
    await hears(ann, 700);
    await hears(ann, 440);
    await bench.until('demo.ended', { leg: 'demo', hangup: true });
  });

  it('whose sound is missing is not made', async () => {
    const steps = [{ do: 'play', path: join(bench.folder, 'missing.wav') }] as const;
    await expect(
      bench.media.ask('leg.demo', { leg: 'demo', steps: [...steps] }),
    ).rejects.toMatchObject({
      code: 'file_unreadable',
    });
  });
});
