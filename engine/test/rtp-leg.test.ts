import { createHash } from 'node:crypto';
import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { muLaw } from '../src/media/audio/g711.ts';
import type { MixState, RtpStats } from '../src/media/protocol.ts';
import { Reports } from '../src/media/rtp/rtcp.ts';
import { hears, hearsNothing, MediaBench } from './media-bench.ts';
import { loudPart, tonality } from './media-peer.ts';
import { RtpPeer } from './rtp-peer.ts';

const OPEN: MixState = { muted: false, held: false, coaches: null };

let bench: MediaBench;
beforeEach(async () => {
  bench = await MediaBench.start({ rtpTimeoutMs: 2500 });
});
afterEach(() => bench.close());

async function meet(...legs: string[]): Promise<void> {
  for (const leg of legs) await bench.media.ask('room.join', { room: 'R', leg, mix: OPEN });
}

function statsOf(leg: string): Promise<RtpStats> {
  return bench.media.ask('leg.rtpStats', { leg });
}

describe('two telephones in a room', () => {
  it('hear each other in either law, and their recording holds both', async () => {
    const ann = await bench.telephone('ann', 440, { law: 'PCMU' });
    const bob = await bench.telephone('bob', 1000, { law: 'PCMA' });
    await bench.until('leg.connected', { leg: 'ann' });
    await bench.until('leg.heard', { leg: 'bob' });
    await hearsNothing(ann);
    await meet('ann', 'bob');
    await Promise.all([hears(ann, 1000), hears(bob, 440)]);
    expect(ann.heard[0]!.marker).toBe(true);

    const path = join(bench.folder, 'spool');
    const tap = { room: 'R', left: 'ann', path, minFreeBytes: 0 };
    await bench.media.ask('record.start', { recording: 'REC', ...tap });
    await vi.waitFor(async () => expect((await stat(path)).size).toBeGreaterThan(16_000), 3000);
    await bench.media.ask('record.stop', { recording: 'REC' });
    const spool = await readFile(path);
    for (const [channel, hz] of [440, 1000].entries()) {
      const bytes = spool.filter((_, i) => i % 2 === channel);
      const samples = Int16Array.from(bytes, (byte) => muLaw.decodeTable[byte]!);
      expect(tonality(samples, hz).share).toBeGreaterThan(0.99);
    }
    expect(await statsOf('ann')).toMatchObject({ lost: 0, heardSound: true, strangers: 0 });
  });

  it.each(['AES_CM_128_HMAC_SHA1_80', 'AES_CM_128_HMAC_SHA1_32'] as const)(
    'hear each other through %s, and forgers not at all',
    async (suite) => {
      const ann = await bench.telephone('ann', 440, { suite });
      const bob = await bench.telephone('bob', 1000);
      await meet('ann', 'bob');
      await Promise.all([hears(ann, 1000), hears(bob, 440)]);
      const { port } = await bench.media.ask('leg.rtp', { leg: 'eve' });
      const eve = await RtpPeer.open(port, 'PCMU', suite);
      try {
        // Her packets would fit in all but the key.
        await bench.media.ask('leg.flow', {
          leg: 'eve',
          flow: { ...eve.flow(), srtp: ann.flow().srtp },
        });
        eve.say(2000);
        await vi.waitFor(async () => expect((await statsOf('eve')).unauthentic).toBeGreaterThan(5));
        expect(await statsOf('eve')).toMatchObject({ packetsReceived: 0 });
      } finally {
        eve.close();
      }
      // Another flow with the same keys goes on; a hold leaves reports only.
      await bench.media.ask('leg.flow', { leg: 'ann', flow: ann.flow({ telephoneEvent: null }) });
      await Promise.all([hears(ann, 1000), hears(bob, 440)]);
      await vi.waitFor(() => expect(ann.reports.at(-1)?.[1]).toBe(200), 4000);
      expect((await statsOf('ann')).unauthentic).toBe(0);
      const srtp = { suite, ours: 'short', theirs: 'short' };
      await expect(
        bench.media.ask('leg.flow', { leg: 'ann', flow: ann.flow({ srtp }) }),
      ).rejects.toMatchObject({ code: 'sdp_refused' });
    },
  );

  it('hear nothing of each other on hold', async () => {
    const ann = await bench.telephone('ann', 440);
    const bob = await bench.telephone('bob', 1000);
    await meet('ann', 'bob');
    await Promise.all([hears(ann, 1000), hears(bob, 440)]);
    // Ann holds Bob's leg from her side, in the old way: nothing is sent, nothing is taken.
    const { remote } = ann.flow();
    const nowhere = { ...remote, address: '0.0.0.0' };
    const flow = ann.flow({ remote: nowhere, sends: false, receives: false });
    await bench.media.ask('leg.flow', { leg: 'ann', flow });
    await hearsNothing(bob);
    const count = ann.heard.length;
    await bench.media.ask('leg.flow', { leg: 'ann', flow: ann.flow({ sends: false }) });
    await hears(bob, 440);
    expect(ann.heard.length - count).toBe(0);
    await bench.media.ask('leg.flow', { leg: 'ann', flow: ann.flow({ receives: false }) });
    await hearsNothing(bob);
    await hears(ann, 1000);
    // Kim holds us (sendonly), with music that ends.
    const kim = await bench.telephone('kim', 600, { sends: false });
    await bench.until('leg.heard', { leg: 'kim' });
    // Who is held or holds is not lost when the others who say nothing are.
    ann.fallSilent();
    kim.fallSilent();
    (await bench.telephone('eve', null)).fallSilent();
    await bench.until('leg.lost', { leg: 'eve' });
    expect(bench.told.filter((one) => one.event === 'leg.lost')).toHaveLength(1);
    await bench.media.ask('leg.flow', { leg: 'ann', flow: ann.flow() });
    ann.say(440);
    await Promise.all([hears(ann, 1000), hears(bob, 440)]);
  });
});

describe('a telephone', () => {
  it('talks with a browser', async () => {
    const ann = await bench.browser('ann', 440);
    const bob = await bench.telephone('bob', 1000, { law: 'PCMA' });
    await meet('ann', 'bob');
    await Promise.all([hears(ann, 1000), hears(bob, 440)]);
  });

  it('may send anything', async () => {
    const ann = await bench.telephone('ann', 440);
    const eve = await bench.telephone('eve', null, { suite: 'AES_CM_128_HMAC_SHA1_80' });
    const bob = await bench.telephone('bob', null);
    await meet('ann', 'bob');
    await hears(bob, 440);
    const heads = ['80000001', '8000', '80650001', '800d', '81c8000c', '81c90007', 'bfff', ''];
    for (let n = 0; n < 2000; n++) {
      const noise = createHash('sha512').update(`${n}`).digest();
      const head = Buffer.from(heads[n % heads.length]!, 'hex');
      const bytes = Buffer.concat([head, noise, noise]).subarray(0, n % 150);
      ann.sendBytes(bytes);
      eve.sendBytes(bytes);
      // The sockets' buffers hold some hundred datagrams.
      if (n % 50 === 0) await statsOf('ann');
    }
    expect((await statsOf('eve')).unauthentic).toBeGreaterThan(2000);
    await hears(bob, 440);
  });

  it('presses keys, and gets them as events or as tones', async () => {
    const ann = await bench.telephone('ann', null);
    const bob = await bench.telephone('bob', null);
    const eve = await bench.telephone('eve', null, { telephoneEvent: null });
    await meet('ann', 'bob', 'eve');
    await Promise.all([hearsNothing(bob), hearsNothing(eve)]);
    const ends = () => bob.heard.filter((one) => one.payloadType === 101 && one.payload[1]! & 0x80);
    // Sent is not yet here, and a key that is over for one may not be over for the other.
    const endsAre = (...keys: number[]) =>
      vi.waitFor(() => expect(ends().map((one) => one.payload[0])).toEqual(keys), 3000);
    ann.press(11);
    await bench.until('leg.digit', { leg: 'ann', digit: '#' });
    await vi.waitFor(() => {
      const sound = loudPart(eve.lastHeard(2000));
      expect(sound.length).toBeGreaterThan(700);
      expect(tonality(sound, 941).share).toBeGreaterThan(0.3);
      expect(tonality(sound, 1477).share).toBeGreaterThan(0.3);
    }, 3000);
    expect(bench.told.filter((one) => one.event === 'leg.digit')).toHaveLength(1);
    // Whoever is told of it does not hear it as well.
    await endsAre(11, 11, 11);
    expect(loudPart(bob.lastHeard(2000))).toHaveLength(0);

    await bench.media.ask('leg.sendDigits', { leg: 'bob', digits: '42' });
    await endsAre(11, 11, 11, 4, 4, 4, 2, 2, 2);

    await bench.media.ask('leg.flow', { leg: 'bob', flow: bob.flow({ telephoneEvent: null }) });
    await bench.media.ask('leg.sendDigits', { leg: 'bob', digits: '4' });
    await vi.waitFor(() => {
      const sound = loudPart(bob.lastHeard(1000));
      expect(sound.length).toBeGreaterThan(1200);
      expect(tonality(sound, 770).share).toBeGreaterThan(0.3);
    }, 3000);
  });

  it('stays intelligible when 3 packets of 100 are lost', async () => {
    const ann = await bench.telephone('ann', 440);
    const bob = await bench.telephone('bob', null);
    await meet('ann', 'bob');
    await hears(bob, 440);
    let seed = 4711;
    let [lost, sent] = [0, 0];
    ann.loss = () => {
      seed = (seed * 1_103_515_245 + 12_345) % 2 ** 31;
      const lose = seed / 2 ** 31 < 0.03;
      sent++;
      if (lose) lost++;
      return lose;
    };
    await vi.waitFor(() => expect(sent).toBeGreaterThan(300), 8000);
    expect(lost).toBeGreaterThan(4);
    const { share, rms } = tonality(bob.lastHeard(5000), 440);
    expect(share).toBeGreaterThan(0.97);
    expect(rms).toBeGreaterThan(5000);
    expect((await statsOf('ann')).lost).toBeGreaterThan(lost - 3);
    expect((await bench.media.ask('stats', {})).concealedFrames).toBeGreaterThan(lost - 3);
  });

  it('that says that it is silent is heard as quiet noise, and is not quiet', async () => {
    const ann = await bench.telephone('ann', 440);
    const bob = await bench.telephone('bob', null);
    await meet('ann', 'bob');
    await hears(bob, 440);
    bob.beSilent(127);
    ann.beSilent(50);
    const power = 32_767 * 10 ** (-50 / 20);
    await vi.waitFor(() => {
      const { rms } = tonality(bob.lastHeard(500), 440);
      expect(rms).toBeGreaterThan(power * 0.8);
      expect(rms).toBeLessThan(power * 1.25);
    }, 4000);
    const { concealedFrames } = await bench.media.ask('stats', {});
    const frames = bob.heard.length;
    await vi.waitFor(() => expect(bob.heard.length).toBeGreaterThan(frames + 60), 4000);
    expect(await bench.media.ask('stats', {})).toMatchObject({ concealedFrames });
    expect(bench.told.filter((one) => one.event === 'leg.quiet')).toEqual([]);
    ann.say(440);
    await hears(bob, 440);
  });

  it('is quiet after a second, comes back, and is lost when nothing comes at all', async () => {
    const ann = await bench.telephone('ann', 440);
    await bench.until('leg.heard', { leg: 'ann' });
    ann.fallSilent();
    const from = Date.now();
    await bench.until('leg.quiet', { leg: 'ann' });
    expect(Date.now() - from).toBeLessThan(1600);
    ann.say(440);
    await bench.until('leg.resumed', { leg: 'ann' });
    ann.fallSilent();
    const last = Date.now();
    await bench.until('leg.lost', { leg: 'ann', why: 'rtp_timeout' });
    expect(Date.now() - last).toBeGreaterThan(2300);
    expect(bench.told.filter((one) => one.event === 'leg.lost')).toHaveLength(1);
    await bench.media.ask('leg.close', { leg: 'ann' });
    // The last report says goodbye (RFC 3550 §6.6).
    await vi.waitFor(() => expect(ann.reports.at(-1)?.subarray(-8)[1]).toBe(203));
  });

  it('that nobody hears a packet of is quiet, and lost', async () => {
    const ann = await bench.telephone('ann', 440);
    ann.loss = () => true;
    await bench.until('leg.quiet', { leg: 'ann' });
    await bench.until('leg.lost', { leg: 'ann', why: 'rtp_timeout' });
    expect(await statsOf('ann')).toMatchObject({ heardSound: false });
  });

  it('exchanges reports', async () => {
    const ann = await bench.telephone('ann', 440);
    await vi.waitFor(() => expect(ann.reports.length).toBeGreaterThan(0), 4000);
    const report = ann.reports[0]!;
    expect([report[1], report.readUInt32BE(28)]).toEqual([200, ann.ssrc]);
    const theirs = new Reports();
    const { ssrc } = ann.heard[0]!;
    theirs.packet({ ssrc, sequence: 1, timestamp: 0 }, 0);
    theirs.packet({ ssrc, sequence: 5, timestamp: 640 }, 80);
    theirs.receive(report, ann.ssrc, performance.now());
    const sending = { ssrc: ann.ssrc, timestamp: 0, packets: 1, payloadBytes: 160 };
    ann.sendReport(theirs.write(sending, performance.now()));
    await vi.waitFor(async () => expect((await statsOf('ann')).theirLost).toBe(3));
    const { roundTripMs, jitterMs, packetsSent } = await statsOf('ann');
    expect(roundTripMs).toBeGreaterThanOrEqual(0);
    expect(roundTripMs).toBeLessThan(1000);
    expect(jitterMs).toBeLessThan(20);
    expect(packetsSent).toBeGreaterThan(40);
  });
});

describe("a telephone's address", () => {
  it('is not that of a stranger', async () => {
    const ann = await bench.telephone('ann', 440);
    const bob = await bench.telephone('bob', null);
    await meet('ann', 'bob');
    await hears(bob, 440);
    const eve = await RtpPeer.open(ann.legPort);
    try {
      eve.say(2000);
      await vi.waitFor(
        async () => expect((await statsOf('ann')).strangers).toBeGreaterThan(30),
        4000,
      );
      await hears(bob, 440);
      expect(eve.heard).toEqual([]);
    } finally {
      eve.close();
    }
  });

  it('is where its packets come from, also when that changes', async () => {
    const { port } = await bench.media.ask('leg.rtp', { leg: 'ann' });
    const ann = await RtpPeer.open(port);
    try {
      const behindNat = { ...ann.flow().remote, port: 9 };
      await bench.media.ask('leg.flow', { leg: 'ann', flow: ann.flow({ remote: behindNat }) });
      ann.say(440);
      const bob = await bench.telephone('bob', 1000);
      await meet('ann', 'bob');
      await Promise.all([hears(ann, 1000), hears(bob, 440)]);
      await ann.move();
      ann.heard.length = 0;
      await vi.waitFor(() => expect(ann.heard.length).toBeGreaterThan(5), 5000);
      await Promise.all([hears(ann, 1000), hears(bob, 440)]);
    } finally {
      ann.close();
    }
  });
});

describe('port pairs', () => {
  it('come out of the range, are refused when there is none, and come back', async () => {
    const narrow = await MediaBench.start({ rtpPorts: { from: 28_001, to: 28_006 } });
    try {
      const open = async (leg: string): Promise<number> =>
        (await narrow.media.ask('leg.rtp', { leg })).port;
      const ports = [await open('a'), await open('b')];
      expect(ports.sort()).toEqual([28_002, 28_004]);
      await expect(open('c')).rejects.toMatchObject({
        code: 'transport_failed',
        message: 'no pair of RTP ports can be had in 28001–28006',
      });
      await narrow.media.ask('leg.close', { leg: 'b' });
      expect(ports).toContain(await open('c'));
      await expect(open('c')).rejects.toMatchObject({ code: 'leg_exists' });
      await expect(narrow.media.ask('leg.rtpStats', { leg: 'x' })).rejects.toMatchObject({
        code: 'leg_unknown',
      });
    } finally {
      await narrow.close();
    }
  });
});
