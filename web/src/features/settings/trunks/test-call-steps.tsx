import { TestCallStep, type TestCall } from '@offhook/contract';
import { CircleAlert, CircleCheck, CircleDashed, CircleX } from 'lucide-react';
import { Spinner } from '../../../ui/spinner.tsx';
import { PROBLEM_TITLES, STEP_TITLES } from './trunk-words.ts';

/** Steps taken with their ticks, the one that is awaited, and those still to come. */
export function TestCallSteps({ test }: { test: TestCall }) {
  const running = test.state === 'running';
  const last = test.steps.at(-1);
  const reached = last === undefined ? -1 : TestCallStep.options.indexOf(last.code);
  const ahead = TestCallStep.options.slice(reached + 1);
  return (
    <ol aria-label="Steps" aria-live="polite" className="flex flex-col gap-2">
      {test.steps.map((step) => (
        <li key={`${step.code} ${step.at}`} className="flex items-start gap-2">
          {step.ok ? (
            <CircleCheck aria-label="Done" className="mt-0.5 size-4.5 shrink-0 text-good" />
          ) : (
            <CircleX aria-label="Failed" className="mt-0.5 size-4.5 shrink-0 text-bad" />
          )}
          {/* What the result says at length is not said twice. */}
          <span className="min-w-0 wrap-anywhere">
            {step.code === 'done' || step.text === test.problem?.text
              ? STEP_TITLES[step.code]
              : step.text}
          </span>
        </li>
      ))}
      {running &&
        ahead.map((code, index) => (
          <li key={code} className="flex items-start gap-2 text-muted">
            {index === 0 ? (
              <Spinner className="mt-0.5 size-4.5 shrink-0" />
            ) : (
              <CircleDashed aria-hidden className="mt-0.5 size-4.5 shrink-0" />
            )}
            {STEP_TITLES[code]}
          </li>
        ))}
    </ol>
  );
}

/** How it ended, and what to do about it. */
export function TestCallResult({ test: { state, problem } }: { test: TestCall }) {
  if (state === 'passed') {
    return (
      <p
        role="status"
        className="flex items-start gap-2 rounded-md bg-good-soft px-3 py-2 text-good"
      >
        <CircleCheck aria-hidden className="mt-0.5 size-4 shrink-0" />
        <span>
          <span className="font-medium">The trunk works.</span> The call was answered, and sound
          went both ways.
        </span>
      </p>
    );
  }
  return (
    <div role="alert" className="flex items-start gap-2 rounded-md bg-bad-soft px-3 py-2 text-bad">
      <CircleAlert aria-hidden className="mt-0.5 size-4 shrink-0" />
      <div className="min-w-0 wrap-anywhere">
        <p className="font-medium">
          {problem === null ? 'The test call failed' : PROBLEM_TITLES[problem.code]}
          {problem?.sipStatus != null && ` (SIP ${problem.sipStatus})`}
        </p>
        {problem && <p>{problem.text}</p>}
      </div>
    </div>
  );
}
