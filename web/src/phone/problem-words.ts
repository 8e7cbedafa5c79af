import type { MicrophoneProblem, PhoneProblem } from './problem.ts';

/** What happened, and the one thing to do. */
export interface ProblemWords {
  title: string;
  text: string;
}

export function problemWords(problem: PhoneProblem): ProblemWords {
  switch (problem.kind) {
    case 'microphone':
      return MICROPHONE_WORDS[problem.problem];
    case 'refused':
      return { title: refusalTitle(problem.code), text: problem.message };
    case 'session_expired':
      return {
        title: 'You are no longer signed in',
        text: 'Sign in again, then call again. A call that runs goes on.',
      };
    case 'offline':
      return {
        title: 'The server cannot be reached',
        text: 'Nothing was dialled as far as this page knows. Check your network, then call again.',
      };
    case 'line':
      return {
        title: 'Your sound could not be connected',
        text: `The server answers, but the line for your sound does not: ${problem.detail}. Call again; if it keeps happening, tell your administrator.`,
      };
    case 'hang_up_unheard':
      return {
        title: 'The server could not be told to end the call',
        text: 'Your side was cut off, which ends the call as soon as the carrier notices. Check your network.',
      };
  }
}

const MICROPHONE_WORDS: Record<MicrophoneProblem, ProblemWords> = {
  page_not_secure: {
    title: 'No microphone on this address',
    text: 'Browsers only give a microphone to pages over https, or on localhost. Open Offhook over https (see PUBLIC_URL in the README), or on the machine it runs on at http://localhost.',
  },
  unsupported: {
    title: 'This browser cannot make calls',
    text: 'Offhook needs WebRTC. Use a current Chrome, Edge, Firefox or Safari.',
  },
  refused: {
    title: 'The microphone is blocked',
    text: 'Click the icon beside the page’s address, allow the microphone, then call again.',
  },
  missing: {
    title: 'No microphone found',
    text: 'Plug in a headset or a microphone, then call again.',
  },
  busy: {
    title: 'The microphone cannot be used',
    text: 'Another program may be using it. Close that program, or choose another microphone, then call again.',
  },
  unplugged: {
    title: 'The microphone was unplugged',
    text: 'Plug it in again: the call goes on and your voice comes back by itself.',
  },
};

function refusalTitle(code: string): string {
  if (code === 'call.agent_busy') return 'You already have a call running';
  if (code.startsWith('number.')) return 'This number cannot be called';
  if (code === 'carrier.unavailable') return 'The phone network cannot be reached';
  return 'The call could not be made';
}
