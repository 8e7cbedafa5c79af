import { describe, expect, it, vi } from 'vitest';
import { newFrame } from './frame.ts';
import { SilenceWatch } from './silence.ts';
import { Tone } from './tones.ts';

const voice = newFrame();
new Tone([300], 8_000).fill(voice);
const noise = newFrame();
new Tone([300], 60).fill(noise);

describe('waiting for silence', () => {
  it('counts from the last sound, takes faint noise for silence, and tells once', () => {
    const silent = vi.fn();
    const watch = new SilenceWatch(100, silent);
    for (let i = 0; i < 4; i += 1) watch.frame(null);
    watch.frame(voice);
    for (let i = 0; i < 4; i += 1) watch.frame(noise);
    expect(silent).not.toHaveBeenCalled();
    watch.frame(noise);
    watch.frame(null);
    watch.end();
    expect(silent).toHaveBeenCalledTimes(1);
  });
});
