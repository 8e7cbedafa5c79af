import { useEffect } from 'react';
import { useMe } from '../../lib/session.ts';
import type { MicrophoneState } from '../../phone/microphone.ts';
import type { PhoneProblem } from '../../phone/problem.ts';
import { CallPanel } from './call-panel.tsx';
import { DemoCustomers } from './demo-customers.tsx';
import { Dialler } from './dialler.tsx';
import { EndedCall } from './ended-call.tsx';
import { NoCall } from './no-call.tsx';
import { useMicrophone, usePhone, usePhoneState } from './phone-provider.tsx';
import { ProblemNote } from './problem-note.tsx';
import { RecentCalls } from './recent-calls.tsx';

/** /work: where the agent spends the day. */
export function WorkPage() {
  const phone = usePhone();
  const { current, last, problem } = usePhoneState();
  const microphone = useMicrophone();
  const { phone: kind } = useMe();
  // With a SIP phone nobody needs this browser's microphone.
  const hopeless = kind === 'browser' && isHopeless(microphone);
  const refused = kind === 'browser' && microphone.problem === 'refused';
  const lasting = hopeless || refused ? microphone.problem : null;
  // On a narrow screen what has happened comes before the dial pad, which fills it.
  const elsewhere = problem !== null && !isAboutNumber(problem);
  const quiet = current === null && last === null && lasting === null && !elsewhere;
  // The SDK is big and nobody needs it to see this page: fetched when somebody begins to use it,
  // which is seconds before the first call.
  useEffect(() => atFirstTouch(() => void phone.prepare()), [phone]);

  return (
    <div className="mx-auto grid max-w-6xl grid-cols-1 gap-4 md:grid-cols-[17rem_1fr] lg:grid-cols-[21rem_1fr] lg:gap-6">
      <title>Work · Offhook</title>
      <h1 className="sr-only">Work</h1>
      <div className={quiet ? undefined : 'max-md:order-2'}>
        <Dialler disabled={hopeless} />
      </div>
      <div className="flex min-w-0 flex-col gap-4 [&>section]:flex-1">
        {lasting !== null && <ProblemNote problem={{ kind: 'microphone', problem: lasting }} />}
        {problem !== null && !(lasting !== null && problem.kind === 'microphone') && (
          <ProblemNote problem={problem} onClose={() => phone.clearProblem()} />
        )}
        {current !== null ? (
          <CallPanel current={current} />
        ) : last !== null ? (
          <EndedCall call={last} disabled={hopeless} />
        ) : (
          <NoCall />
        )}
      </div>
      <div className="grid min-w-0 grid-cols-1 items-start gap-4 max-md:order-3 md:col-span-2 md:grid-cols-2 lg:gap-6">
        <RecentCalls disabled={hopeless} />
        <DemoCustomers disabled={hopeless} />
      </div>
    </div>
  );
}

/** Nothing the person can click on this page would help. */
function isHopeless({ problem }: MicrophoneState): boolean {
  return problem === 'page_not_secure' || problem === 'unsupported';
}

/** The number field says why, so it stays where it is. */
function isAboutNumber(problem: PhoneProblem): boolean {
  return problem.kind === 'refused' && problem.code.startsWith('number.');
}

/** Calls back once, when the pointer moves or a key is pressed. Returns: never mind. */
function atFirstTouch(work: () => void): () => void {
  const over = new AbortController();
  const touched = () => {
    over.abort();
    work();
  };
  for (const kind of ['pointermove', 'pointerdown', 'keydown']) {
    addEventListener(kind, touched, { signal: over.signal, passive: true });
  }
  return () => over.abort();
}
