import { Mic, MicOff, PhoneOff } from 'lucide-react';
import { usePhoneSettings } from '../../lib/session.ts';
import { useTabTitle } from '../../lib/tab-title.ts';
import { isEnding } from '../../phone/phone-state.ts';
import { Button } from '../../ui/button.tsx';
import { cn } from '../../ui/cn.ts';
import { partyOf } from './party.ts';
import { usePhone, usePhoneState } from './phone-provider.tsx';
import { stageWords, tabWords, timerStart } from './stage-words.ts';
import { useCallShortcuts } from './use-shortcuts.ts';
import { useTimer } from './use-timer.ts';

/** The running call on every page and in its tab: who, how long, mute, end. Nothing while there is none. */
export function RunningCall() {
  useCallShortcuts();
  const phone = usePhone();
  const { country } = usePhoneSettings();
  const { current } = usePhoneState();
  const time = useTimer(current === null ? null : timerStart(current), current?.call?.endedAt);
  const who = current === null ? '' : partyOf(current, country).who;
  useTabTitle(current === null ? null : tabWords(current, who, time));
  if (current === null) return null;
  return (
    <section
      aria-label="Running call"
      className="flex min-w-0 items-center gap-2 max-sm:order-last max-sm:w-full"
    >
      <p className="min-w-0 leading-tight max-sm:mr-auto sm:text-right">
        <span className="block truncate font-medium tabular">{who}</span>
        <span className="block truncate text-sm text-muted tabular">
          {stageWords(current)}
          {time !== null && ` ${time}`}
        </span>
      </p>
      {current.here && (
        <Button
          look="plain"
          size="icon"
          aria-pressed={current.muted}
          disabled={isEnding(current)}
          aria-label={current.muted ? 'Muted. Unmute' : 'Mute'}
          className={cn(current.muted && 'border-warn bg-warn-soft text-warn')}
          onClick={() => phone.setMuted(!current.muted)}
        >
          {current.muted ? <MicOff aria-hidden /> : <Mic aria-hidden />}
        </Button>
      )}
      <Button look="danger" size="icon" aria-label="End call" onClick={() => void phone.end()}>
        <PhoneOff aria-hidden />
      </Button>
    </section>
  );
}
