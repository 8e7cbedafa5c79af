import { Signal, SignalZero } from 'lucide-react';
import { inWords } from '../../lib/format.ts';
import type { CustomerPhoneState } from '../../phone/customer-phone.ts';
import { useNow } from './use-now.ts';
import { ProblemText } from './problem-text.tsx';

export function WaitingScreen({ state, number }: { state: CustomerPhoneState; number: string }) {
  const now = useNow(10_000);
  return (
    <div className="flex flex-1 flex-col text-center">
      <p className="flex items-center justify-between text-sm text-muted" role="status">
        {state.reachable ? 'Ready to ring' : 'No network, trying again'}
        {state.reachable ? (
          <Signal aria-hidden className="size-4" />
        ) : (
          <SignalZero aria-hidden className="size-4" />
        )}
      </p>
      <p className="mt-16 text-6xl font-light tabular">
        {new Intl.DateTimeFormat('en-GB', { hour: '2-digit', minute: '2-digit' }).format(now)}
      </p>
      <p className="mt-2 text-muted">
        {new Intl.DateTimeFormat('en-GB', {
          weekday: 'long',
          day: 'numeric',
          month: 'long',
        }).format(now)}
      </p>
      <div className="mt-auto flex flex-col gap-3">
        <p role="status" className="min-h-12 font-medium">
          {state.last !== null && LAST_WORDS[state.last.how](inWords(state.last.talkMs))}
        </p>
        <ProblemText problem={state.problem} />
        <p className="text-sm text-muted tabular">{number}</p>
      </div>
    </div>
  );
}

type How = NonNullable<CustomerPhoneState['last']>['how'];

const LAST_WORDS: Record<How, (talked: string) => string> = {
  missed: () => 'You missed a call.',
  declined: () => 'You declined the call.',
  hung_up: (talked) => `You hung up after ${talked}.`,
  caller_hung_up: (talked) => `The caller hung up after ${talked}.`,
};
