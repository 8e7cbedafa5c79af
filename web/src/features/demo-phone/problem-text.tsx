import { CircleAlert } from 'lucide-react';
import type { PhoneProblem } from '../../phone/problem.ts';
import { problemWords } from '../../phone/problem-words.ts';

export function ProblemText({ problem }: { problem: PhoneProblem | null }) {
  if (problem === null) return null;
  const { title, text } = problemWords(problem);
  return (
    <div role="alert" className="flex gap-2 rounded-md bg-bad-soft px-3 py-2 text-left text-bad">
      <CircleAlert aria-hidden className="mt-0.5 size-4 shrink-0" />
      <p className="min-w-0">
        <span className="block font-medium">{title}</span>
        <span className="block text-ink">{text}</span>
      </p>
    </div>
  );
}
