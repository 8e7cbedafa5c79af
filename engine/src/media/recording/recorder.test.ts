import { mkdtemp, readdir, readFile, readlink, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { newFrame } from '../audio/frame.ts';
import { muLaw } from '../audio/g711.ts';
import { Recorder } from './recorder.ts';
import { Spool } from './spool.ts';

const LEFT = newFrame().fill(1000);
const RIGHT = newFrame().fill(-3000);
const [L, R, S] = [1000, -3000, 0].map((sample) => muLaw.encodeTable[sample & 0xffff]!);

let folder: string;
let path: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'offhook-recorder-'));
  path = join(folder, 'spool');
});
afterEach(() => rm(folder, { recursive: true }));

function never(): never {
  throw new Error('failed');
}

/** One letter per frame: b(oth), l(eft), r(ight), s(ilence). */
async function frames(): Promise<string> {
  const spool = await readFile(path);
  let letters = '';
  for (let at = 0; at < spool.length; at += 320) {
    const frame = spool.subarray(at, at + 320);
    const pair = [frame[0], frame[1]];
    for (let i = 0; i < 320; i++) expect(frame[i]).toBe(pair[i % 2]);
    letters += pair[0] === L ? (pair[1] === R ? 'b' : 'l') : pair[1] === R ? 'r' : 's';
    if (pair[0] !== L) expect(pair[0]).toBe(S);
  }
  return letters;
}

describe('a recording', () => {
  it('has left and right apart, and silence where nobody speaks', async () => {
    const recorder = new Recorder({ path, minFreeBytes: 0 }, never);
    recorder.write(LEFT, null);
    recorder.write(null, RIGHT);
    recorder.write(LEFT, RIGHT);
    recorder.write(null, null);
    recorder.write(LEFT, null, 2);
    const end = await recorder.stop();
    expect(end).toEqual({ startedAt: recorder.startedAt, durationMs: 140, problem: null });
    expect(await frames()).toBe('lrbsssl');
    expect((await stat(path)).mode & 0o777).toBe(0o600);
  });

  it('goes on in silence while paused, or leaves the pause out', async () => {
    const recorder = new Recorder({ path, minFreeBytes: 0 }, never);
    for (const pause of [null, 'silence', null, 'skip', null] as const) {
      recorder.pause(pause);
      recorder.write(LEFT, RIGHT);
      recorder.write(LEFT, RIGHT);
    }
    expect((await recorder.stop()).durationMs).toBe(160);
    expect(await frames()).toBe('bbssbbbb');
  });

  it('is on the disk from its first frame, and then every half second', async () => {
    const recorder = new Recorder({ path, minFreeBytes: 0 }, never);
    recorder.write(LEFT, RIGHT);
    await vi.waitFor(async () => expect((await stat(path)).size).toBe(320));
    for (let i = 0; i < 40; i++) recorder.write(LEFT, RIGHT);
    await vi.waitFor(async () => expect((await stat(path)).size).toBe(320 + 8000));
    await recorder.stop();
    expect((await stat(path)).size).toBe(41 * 320);
  });

  it('stops once, and takes nothing afterwards', async () => {
    const recorder = new Recorder({ path, minFreeBytes: 0 }, never);
    recorder.write(LEFT, RIGHT);
    const [first, second] = await Promise.all([recorder.stop(), recorder.stop()]);
    recorder.write(LEFT, RIGHT);
    expect(first).toEqual(second);
    expect((await stat(path)).size).toBe(320);
    const open = await Promise.all(
      (await readdir('/proc/self/fd')).map((fd) => readlink(`/proc/self/fd/${fd}`).catch(() => '')),
    );
    expect(open).not.toContain(path);
  });

  it('never writes over a file that is there', async () => {
    await writeFile(path, 'precious');
    const failed = vi.fn();
    const recorder = new Recorder({ path, minFreeBytes: 0 }, failed);
    recorder.write(LEFT, RIGHT);
    expect(await recorder.stop()).toMatchObject({ durationMs: 0, problem: 'write_failed' });
    expect(failed).toHaveBeenCalledTimes(1);
    expect(await readFile(path, 'utf8')).toBe('precious');
  });

  it('gives up when the disk has less free than it should, and says so once', async () => {
    const failed = vi.fn();
    const recorder = new Recorder({ path, minFreeBytes: 2 ** 60 }, failed);
    await vi.waitFor(() => expect(failed).toHaveBeenCalled());
    for (let i = 0; i < 200; i++) recorder.write(LEFT, RIGHT);
    expect(await recorder.stop()).toMatchObject({ durationMs: 0, problem: 'disk_full' });
    expect(failed).toHaveBeenCalledTimes(1);
    expect(failed.mock.calls[0]?.[0]).toBe('disk_full');
  });
});

describe('a spool', () => {
  it('on a full disk is "disk_full"', async () => {
    const failed = vi.fn();
    const spool = new Spool('/dev/full', 0, failed, 'w');
    spool.append(Buffer.alloc(100));
    spool.append(Buffer.alloc(100));
    await spool.close();
    await spool.close();
    expect(failed).toHaveBeenCalledTimes(1);
    expect([spool.problem, spool.written]).toEqual(['disk_full', 0]);
  });

  it('that the disk cannot follow is given up', async () => {
    const failed = vi.fn();
    const spool = new Spool(path, 0, failed);
    for (let i = 0; i < 30; i++) spool.append(Buffer.alloc(8000));
    await spool.close();
    expect(failed).toHaveBeenCalledTimes(1);
    expect(spool.problem).toBe('write_failed');
  });
});
