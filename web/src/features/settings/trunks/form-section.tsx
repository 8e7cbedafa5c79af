import { useId, type ReactNode } from 'react';
import { Panel } from '../../../ui/panel.tsx';

interface FormSectionProps {
  title: string;
  /** One sentence: what is asked here, and where the answers are found. */
  intro: string;
  children: ReactNode;
}

/** A titled part of a long form, its fields in two columns where there is room. */
export function FormSection({ title, intro, children }: FormSectionProps) {
  const id = useId();
  return (
    <Panel aria-labelledby={id} className="flex flex-col gap-4 p-4">
      <div>
        <h3 id={id} className="font-semibold">
          {title}
        </h3>
        <p className="text-sm text-pretty text-muted">{intro}</p>
      </div>
      <div className="grid items-start gap-4 sm:grid-cols-2">{children}</div>
    </Panel>
  );
}
