import { Grip, Mic, MicOff, PhoneOff } from 'lucide-react';
import { useState } from 'react';
import { clock } from '../../lib/format.ts';
import { showNumber } from '../../lib/phone-number.ts';
import { usePhoneSettings } from '../../lib/session.ts';
import type { CustomerPhone, CustomerPhoneState } from '../../phone/customer-phone.ts';
import { Keypad } from '../../ui/keypad.tsx';
import { LevelMeter } from '../../ui/level-meter.tsx';
import { RoundButton } from './round-button.tsx';
import { useNow } from './use-now.ts';

interface CallScreenProps {
  phone: CustomerPhone;
  state: CustomerPhoneState;
}

export function CallScreen({ phone, state }: CallScreenProps) {
  const { country } = usePhoneSettings();
  const [keypad, setKeypad] = useState(false);
  const now = useNow(200);
  const { levels } = phone;
  return (
    <div className="flex flex-1 flex-col">
      <div className="mt-6 text-center">
        <p className="text-xl font-semibold tabular">{showNumber(state.caller, country)}</p>
        <p role="status" className="text-muted">
          {words(state)}
        </p>
        <p className="mt-1 text-2xl tabular">{clock(now - (state.answeredAt ?? now))}</p>
      </div>
      <div className="mt-5 flex flex-col gap-3">
        <LevelMeter
          label="You"
          subscribe={levels.subscribe}
          level={() => levels.getSnapshot().microphone}
          off={state.muted}
        />
        <LevelMeter
          label="Caller"
          subscribe={levels.subscribe}
          level={() => levels.getSnapshot().farSide}
        />
      </div>
      {keypad && (
        <Keypad label="Keypad" className="mt-5" onPress={(key) => phone.sendDigits(key)} />
      )}
      <div className="mt-auto flex justify-around pt-5 pb-4">
        <RoundButton
          look={state.muted ? 'on' : 'plain'}
          label={state.muted ? 'Unmute' : 'Mute'}
          icon={state.muted ? MicOff : Mic}
          aria-pressed={state.muted}
          onClick={() => phone.setMuted(!state.muted)}
        />
        <RoundButton
          look={keypad ? 'on' : 'plain'}
          label="Keypad"
          icon={Grip}
          aria-expanded={keypad}
          onClick={() => setKeypad(!keypad)}
        />
        <RoundButton look="bad" label="Hang up" icon={PhoneOff} onClick={() => phone.hangUp()} />
      </div>
    </div>
  );
}

function words({ reconnecting, notices, muted }: CustomerPhoneState): string {
  if (reconnecting) return 'Reconnecting';
  if (notices.speakingWhileMuted) return 'You are speaking, but you are muted';
  if (muted) return 'Muted';
  if (notices.microphoneSilent) return 'Nothing comes from your microphone';
  return 'Connected';
}
