import type { ReactNode } from 'react';
import { Panel } from '../../ui/panel.tsx';

/** One quiet card: the pages one sees before being signed in. */
export function AccessPage({
  title,
  intro,
  children,
}: {
  title: string;
  intro?: ReactNode;
  children: ReactNode;
}) {
  return (
    <main className="mx-auto flex min-h-dvh w-full max-w-md flex-col justify-center gap-6 px-4 py-10">
      <div className="flex items-center justify-center gap-3">
        <img src="/icon.svg" alt="" className="size-9" />
        <span className="text-xl font-semibold">Offhook</span>
      </div>
      <Panel className="flex flex-col gap-5 p-6">
        <header className="flex flex-col gap-1">
          <h1 className="text-xl font-semibold">{title}</h1>
          {intro && <p className="text-muted">{intro}</p>}
        </header>
        {children}
      </Panel>
    </main>
  );
}
