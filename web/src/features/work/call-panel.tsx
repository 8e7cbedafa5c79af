import { Circle, Grip, Mic, MicOff, PhoneOff } from 'lucide-react';
import { useEffect, useEffectEvent, useRef, useState } from 'react';
import { usePhoneSettings } from '../../lib/session.ts';
import { isEnding, type CurrentCall } from '../../phone/phone-state.ts';
import { Badge } from '../../ui/badge.tsx';
import { Button } from '../../ui/button.tsx';
import { cn } from '../../ui/cn.ts';
import { Keypad } from '../../ui/keypad.tsx';
import { LevelMeter } from '../../ui/level-meter.tsx';
import { Panel } from '../../ui/panel.tsx';
import { Notices } from './notices.tsx';
import { partyOf } from './party.ts';
import { useMicrophone, usePhone } from './phone-provider.tsx';
import { ShortcutHints } from './shortcut-hints.tsx';
import { stageWords, timerStart } from './stage-words.ts';
import { keysAreTaken } from './use-shortcuts.ts';
import { useTimer } from './use-timer.ts';

/** The running call. Everything down to End has a fixed height: End never moves. */
export function CallPanel({ current }: { current: CurrentCall }) {
  const phone = usePhone();
  const [keypad, setKeypad] = useState(false);
  const panel = useRef<HTMLElement>(null);
  const { here } = current;
  // The keyboard is the call's now, and on a small screen the call comes into view.
  useEffect(() => {
    if (here) panel.current?.focus();
  }, [here]);
  return (
    <Panel
      ref={panel}
      tabIndex={-1}
      aria-label="Call"
      className={cn(
        'flex scroll-mt-20 flex-col p-4 focus-visible:outline-none lg:p-5',
        current.muted && 'border-warn outline outline-warn',
      )}
    >
      <Header current={current} />
      <Sound current={current} />
      <Controls current={current} keypad={keypad} onKeypad={() => setKeypad(!keypad)} />
      {keypad && current.here && <TouchTones onPress={(key) => phone.sendDigits(key)} />}
      <Notices current={current} />
      {here && !keypad && <ShortcutHints className="mt-auto pt-3" />}
    </Panel>
  );
}

function Header({ current }: { current: CurrentCall }) {
  const { country } = usePhoneSettings();
  const { who, number } = partyOf(current, country);
  const time = useTimer(timerStart(current), current.call?.endedAt);
  return (
    <div className="grid h-24 grid-cols-[1fr_auto] content-start gap-x-4 gap-y-1">
      <h2 className="truncate text-xl font-semibold tabular">{who}</h2>
      <div className="flex h-7 items-center justify-end">
        <RecordingMark current={current} />
      </div>
      <p className="h-6 truncate text-muted tabular">{number}</p>
      <p className="row-span-2 text-right text-2xl leading-7 font-medium tabular">{time}</p>
      <p role="status" className="truncate font-medium">
        {stageWords(current)}
      </p>
    </div>
  );
}

function RecordingMark({ current: { stage, call } }: { current: CurrentCall }) {
  if (stage !== 'connected' || !call?.recording) return null;
  if (call.recording.state === 'recording' && call.recording.problem === null) {
    return (
      <Badge tone="bad">
        <Circle aria-hidden className="animate-pulse fill-current" />
        Recording
      </Badge>
    );
  }
  return call.recording.problem === null ? null : <Badge tone="warn">Not recording</Badge>;
}

function Sound({ current }: { current: CurrentCall }) {
  const { levels } = usePhone();
  const { permission } = useMicrophone();
  if (current.phone === 'sip') {
    return (
      <p className="min-h-14 text-muted">
        {current.stage === 'connecting' || current.stage === 'placing'
          ? 'Pick up your phone when it rings: the customer is dialled once you are on the line.'
          : 'You hear and speak through your phone. Mute, and keys for menus, are on the phone itself.'}
      </p>
    );
  }
  if (!current.here) {
    return (
      <p className="min-h-14 text-muted">
        The sound of this call is in another tab or on another device. You can end it here.
      </p>
    );
  }
  if (current.stage === 'microphone' && permission !== 'granted') {
    return (
      <p className="min-h-14 text-muted">
        Customers hear you through your microphone. Your browser asks whether Offhook may use it:
        choose Allow.
      </p>
    );
  }
  return (
    <div className="flex h-14 flex-col gap-2.5 pt-1">
      <LevelMeter
        label="You"
        subscribe={levels.subscribe}
        level={() => levels.getSnapshot().microphone}
        off={current.muted}
      />
      <LevelMeter
        label="Customer"
        subscribe={levels.subscribe}
        level={() => levels.getSnapshot().farSide}
      />
    </div>
  );
}

interface ControlsProps {
  current: CurrentCall;
  keypad: boolean;
  onKeypad: () => void;
}

function Controls({ current, keypad, onKeypad }: ControlsProps) {
  const phone = usePhone();
  return (
    <div className="mt-3 mb-3 flex gap-2 border-t pt-3 [&>button]:h-12">
      {current.here && (
        <>
          <Button
            aria-pressed={current.muted}
            disabled={isEnding(current)}
            className={cn(
              'min-w-30 lg:min-w-32',
              current.muted && 'border-warn bg-warn-soft text-warn enabled:hover:bg-warn-soft',
            )}
            onClick={() => phone.setMuted(!current.muted)}
          >
            {current.muted ? <MicOff aria-hidden /> : <Mic aria-hidden />}
            {current.muted ? 'Unmute' : 'Mute'}
          </Button>
          <Button aria-expanded={keypad} onClick={onKeypad} disabled={current.sound !== 'open'}>
            <Grip aria-hidden />
            <span className="max-sm:sr-only">Keypad</span>
          </Button>
        </>
      )}
      <Button
        look="danger"
        className="ml-auto min-w-20 md:min-w-24 lg:min-w-36"
        onClick={() => void phone.end()}
      >
        <PhoneOff aria-hidden />
        End
      </Button>
    </div>
  );
}

/** Digits for the other side's menus; with the keypad open the keyboard sends them too. */
function TouchTones({ onPress }: { onPress: (key: string) => void }) {
  const [sent, setSent] = useState('');
  const press = (key: string) => {
    onPress(key);
    setSent((before) => (before + key).slice(-24));
  };
  const typed = useEffectEvent((event: KeyboardEvent) => {
    if (event.ctrlKey || event.altKey || event.metaKey || event.repeat) return;
    if (!keysAreTaken(event.target) && /^[0-9*#]$/.test(event.key)) press(event.key);
  });
  useEffect(() => {
    const listener = (event: KeyboardEvent) => typed(event);
    addEventListener('keydown', listener);
    return () => removeEventListener('keydown', listener);
  }, []);
  return (
    <div className="mb-4 max-w-72">
      <p className="mb-2 h-7 truncate rounded-md bg-sunken px-3 leading-7 tabular">
        {sent === '' ? <span className="text-sm text-muted">Keys go to the customer</span> : sent}
      </p>
      <Keypad label="Keypad" onPress={press} />
    </div>
  );
}
