import { createMp3Encoder } from 'wasm-media-encoders';

export interface Tones {
  /** Hertz per channel, left first: one for mono, two for stereo. 0 is silence. */
  hertz: [number] | [number, number];
  seconds: number;
  /** As the encoder keeps it: 8000 stays 8000 at 32 kbit/s. */
  sampleRate?: number;
  /** Peak, 0 to 1. */
  loud?: number;
}

/** A real MP3 with one steady tone per channel. */
export async function mp3Of({ hertz, seconds, sampleRate = 8000, loud = 0.5 }: Tones) {
  const encoder = await createMp3Encoder();
  const bitrate = sampleRate > 16_000 ? 64 : 32;
  const channels = hertz.length;
  encoder.configure({ sampleRate, channels, bitrate, outputSampleRate: sampleRate as 8000 });
  const samples = Math.round(sampleRate * seconds);
  const waves = hertz.map((hz) =>
    Float32Array.from(
      { length: samples },
      (_, i) => loud * Math.sin((2 * Math.PI * hz * i) / sampleRate),
    ),
  );
  const body = Buffer.from(encoder.encode(waves as [Float32Array]));
  return Buffer.concat([body, Buffer.from(encoder.finalize())]);
}
