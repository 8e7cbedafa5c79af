import { CircleAlert, X } from 'lucide-react';
import type { PhoneProblem } from '../../phone/problem.ts';
import { problemWords } from '../../phone/problem-words.ts';
import { Button } from '../../ui/button.tsx';

/** What is wrong, what it means, and the one thing to do. */
export function ProblemNote({
  problem,
  onClose,
}: {
  problem: PhoneProblem;
  /** Absent: it stays until it is mended. */
  onClose?: () => void;
}) {
  const { title, text } = problemWords(problem);
  return (
    <div role="alert" className="flex items-start gap-3 rounded-lg bg-bad-soft px-4 py-3 text-bad">
      <CircleAlert aria-hidden className="mt-0.5 size-5 shrink-0" />
      <div className="min-w-0 flex-1">
        <p className="font-medium">{title}</p>
        <p className="text-ink">{text}</p>
      </div>
      {onClose && (
        <Button look="quiet" size="small-icon" aria-label="Close" onClick={onClose}>
          <X aria-hidden />
        </Button>
      )}
    </div>
  );
}
