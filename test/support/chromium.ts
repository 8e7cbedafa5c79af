import { type Browser, chromium } from 'playwright-core';
import { findProgram, isProgram } from './debian.ts';

const NAMES = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable', 'chrome'];
const MAC = '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome';

/** CHROMIUM_PATH, or a browser installed on this machine. @returns null when there is none. */
export function findChromium(): string | null {
  const { CHROMIUM_PATH } = process.env;
  if (CHROMIUM_PATH) return CHROMIUM_PATH;
  return findProgram(...NAMES) ?? (isProgram(MAC) ? MAC : null);
}

export interface BrowserOptions {
  /** A WAV file that the microphone plays again and again; absent: Chromium's own beeps. */
  microphone?: string;
  /** False: whoever asks for the microphone is refused. */
  allowed?: boolean;
  /** False: there is no microphone at all. */
  devices?: boolean;
  /** More command-line flags. */
  args?: string[];
}

/** A headless Chromium that says yes to the microphone, unless told otherwise, and plays sound without being asked. */
export async function openBrowser({
  microphone,
  allowed = true,
  devices = true,
  args = [],
}: BrowserOptions = {}): Promise<Browser> {
  const executablePath = findChromium();
  if (!executablePath) {
    throw new Error('There is no Chromium. Install one, or set CHROMIUM_PATH.');
  }
  return chromium.launch({
    executablePath,
    headless: true,
    args: [
      '--no-sandbox',
      '--disable-gpu',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
      // Headless and without this, nobody is there to say yes.
      ...(allowed ? ['--use-fake-ui-for-media-stream'] : []),
      devices ? '--use-fake-device-for-media-stream' : '--disable-audio-input',
      '--autoplay-policy=no-user-gesture-required',
      // A machine whose only interface is the loopback still has a browser to test.
      '--allow-loopback-in-peer-connection',
      ...(microphone === undefined ? [] : [`--use-file-for-fake-audio-capture=${microphone}`]),
      ...args,
    ],
  });
}
