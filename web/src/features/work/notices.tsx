import { CircleAlert, Hourglass, MicOff, VolumeX, Wifi } from 'lucide-react';
import type { LucideIcon } from 'lucide-react';
import { PROBLEM_WORDS } from '../../lib/call-words.ts';
import type { CurrentCall } from '../../phone/phone-state.ts';
import { problemWords } from '../../phone/problem-words.ts';
import { overdueWords } from './stage-words.ts';

interface Notice {
  icon: LucideIcon;
  text: string;
}

/** What the agent should know about the sound just now, most urgent first. */
export function noticesOf(current: CurrentCall): Notice[] {
  const { notices, call } = current;
  // Whatever was wrong with the sound does not matter any more.
  if (current.overdue) return [{ icon: Hourglass, text: overdueWords(current) }];
  const found: Notice[] = [];
  if (current.unplugged) {
    const { title, text } = problemWords({ kind: 'microphone', problem: 'unplugged' });
    found.push({ icon: MicOff, text: `${title}. ${text}` });
  }
  if (current.sound === 'reconnecting') {
    found.push({
      icon: Wifi,
      text: 'Your connection is broken. It is being tried again; the call goes on meanwhile.',
    });
  }
  if (notices.speakingWhileMuted) {
    found.push({ icon: MicOff, text: 'You are speaking, but you are muted. Press M to unmute.' });
  } else if (notices.microphoneSilent && !current.unplugged) {
    found.push({
      icon: MicOff,
      text: 'Nothing comes from your microphone. Check that it is not switched off, and that it is the right one.',
    });
  }
  if (notices.farSideSilent) {
    found.push({ icon: VolumeX, text: 'Nothing has been heard from the customer for a while.' });
  }
  const problem = call?.recording?.problem ?? null;
  if (problem !== null) found.push({ icon: CircleAlert, text: PROBLEM_WORDS[problem] });
  return found;
}

/** Said aloud as well; the place for them is kept, so nothing jumps. */
export function Notices({ current }: { current: CurrentCall }) {
  return (
    <div role="status" className="flex min-h-12 flex-col gap-2">
      {noticesOf(current).map(({ icon: Icon, text }) => (
        <p
          key={text}
          className="flex items-start gap-2 rounded-md bg-warn-soft px-3 py-2 text-warn"
        >
          <Icon aria-hidden className="mt-0.5 size-4 shrink-0" />
          {text}
        </p>
      ))}
    </div>
  );
}
