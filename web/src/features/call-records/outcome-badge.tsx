import type { Call, Outcome } from '@offhook/contract';
import {
  Check,
  PhoneCall,
  PhoneMissed,
  PhoneOff,
  Radio,
  TriangleAlert,
  type LucideIcon,
} from 'lucide-react';
import { OUTCOME_WORDS, stateWords } from '../../lib/call-words.ts';
import { Badge, type Tone } from '../../ui/badge.tsx';

const LOOKS: Record<Outcome, { tone: Tone; icon: LucideIcon }> = {
  completed: { tone: 'good', icon: Check },
  busy: { tone: 'warn', icon: PhoneOff },
  no_answer: { tone: 'warn', icon: PhoneMissed },
  failed: { tone: 'bad', icon: TriangleAlert },
  cancelled: { tone: 'neutral', icon: PhoneOff },
};

/** What became of a call, or what it is doing. */
export function OutcomeBadge({ call }: { call: Call }) {
  if (call.outcome === null) {
    const Icon = call.state === 'connected' ? Radio : PhoneCall;
    // The agent's microphone is the agent's matter; in a report the call is simply beginning.
    const words = call.state === 'connecting' ? 'Connecting' : stateWords(call);
    return (
      <Badge tone="accent">
        <Icon aria-hidden />
        {words}
      </Badge>
    );
  }
  const { tone, icon: Icon } = LOOKS[call.outcome];
  return (
    <Badge tone={tone}>
      <Icon aria-hidden />
      {OUTCOME_WORDS[call.outcome]}
    </Badge>
  );
}
