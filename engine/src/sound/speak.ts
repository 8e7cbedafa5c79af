import type SpeechProgram from 'espeak-ng';
import { decodeWav } from './decode-wav.ts';
import type { Clip } from './resample.ts';

/** There is no speech program: the optional package espeak-ng is not installed. */
export class NoVoice extends Error {
  override name = 'NoVoice';
}

const WORDS_A_MINUTE = '160';

/**
 * Speaks with eSpeak NG. `ssml` is a whole <speak> document; `name` in its own words, as
 * "en-gb"; `pitch` 0 to 99. @throws NoVoice when it is not installed.
 */
export async function speak(ssml: string, name: string, pitch: number): Promise<Clip> {
  const said: string[] = [];
  const program = await (
    await speechProgram()
  )({
    arguments: [
      ...['-v', name, '-p', String(pitch), '-s', WORDS_A_MINUTE],
      // UTF-8 with marks, from one file into another.
      ...['-b', '1', '-m', '-f', 'in', '-w', 'out.wav'],
    ],
    preRun: [({ FS }) => FS.writeFile('in', ssml)],
    print: (line) => said.push(line),
    printErr: (line) => said.push(line),
  });
  const spoken = program.FS.analyzePath('out.wav').exists;
  if (!spoken) throw new Error(`no speech in the voice ${name}: ${said.join(' ')}`);
  return decodeWav(Buffer.from(program.FS.readFile('out.wav')));
}

async function speechProgram(): Promise<typeof SpeechProgram> {
  try {
    return (await import('espeak-ng')).default;
  } catch (error) {
    throw new NoVoice('the package espeak-ng is not installed', { cause: error });
  }
}
