import { rename, writeFile, readFile } from 'node:fs/promises';
import { setPriority } from 'node:os';
import { SAMPLE_RATE } from '../media/audio/frame.ts';
import { wavHeader, WavError } from '../media/audio/wav.ts';
import { decodeSound } from './decode.ts';
import { resample, type Clip } from './resample.ts';
import { NoVoice, speak } from './speak.ts';
import type { Job, JobReply } from './workshop.ts';

// Whoever is talking comes first.
setPriority(5);

process.on('disconnect', () => process.exit());
process.on('message', (message) => {
  const { id, job } = message as { id: number; job: Job };
  void carryOut(job).then(
    () => reply({ id, ok: true }),
    (error: unknown) => reply({ id, ok: false, why: whyOf(error), message: messageOf(error) }),
  );
});

async function carryOut(job: Job): Promise<void> {
  const clip =
    job.do === 'say'
      ? await speak(job.ssml, job.name, job.pitch)
      : await decodeSound(await readFile(job.from));
  const part = `${job.to}.part`;
  await writeFile(part, telephone(clip));
  await rename(part, job.to);
}

/** A WAV file that the media process plays: 8 kHz, mono, 16 bits. */
function telephone(clip: Clip): Buffer {
  const { samples } = resample(clip, SAMPLE_RATE);
  const data = Buffer.alloc(samples.length * 2);
  for (let i = 0; i < samples.length; i++) {
    data.writeInt16LE(Math.round(Math.max(-1, Math.min(1, samples[i]!)) * 32_767), 2 * i);
  }
  return Buffer.concat([wavHeader(data.length, 1), data]);
}

function whyOf(error: unknown): Extract<JobReply, { ok: false }>['why'] {
  if (error instanceof NoVoice) return 'no_voice';
  return error instanceof WavError ? 'no_sound' : 'failed';
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

function reply(message: JobReply): void {
  process.send?.(message);
}
