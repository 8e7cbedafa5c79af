import type { CallEvent } from '@offhook/contract';
import { Cloud, Headset, Play, Server, User, type LucideIcon } from 'lucide-react';
import { fullWhen, offset } from '../../lib/format.ts';

interface TimelineProps {
  events: CallEvent[];
  /** Plays from this event's moment; null when the recording does not hold it. */
  onHear: (event: CallEvent) => (() => void) | null;
}

const SOURCES: Record<CallEvent['source'], { words: string; icon: LucideIcon }> = {
  agent: { words: 'Agent', icon: Headset },
  customer: { words: 'Customer', icon: User },
  carrier: { words: 'Carrier', icon: Cloud },
  system: { words: 'Offhook', icon: Server },
};

/** Everything that happened, who or what said it, and when, counted from the call's beginning. */
export function Timeline({ events, onHear }: TimelineProps) {
  return (
    <ol className="flex flex-col">
      {events.map((event) => (
        <Line key={event.seq} event={event} hear={onHear(event)} />
      ))}
    </ol>
  );
}

function Line({ event, hear }: { event: CallEvent; hear: (() => void) | null }) {
  const { words, icon: Icon } = SOURCES[event.source];
  const detail = Object.entries(event.detail).filter(([, value]) => value !== null);
  return (
    <li className="grid grid-cols-[5.5rem_1fr] gap-x-3 border-t px-4 py-2 first:border-t-0 sm:grid-cols-[5.5rem_7rem_1fr]">
      <time
        dateTime={event.at}
        title={fullWhen(event.at)}
        className="text-right text-sm leading-6 text-muted tabular"
      >
        {offset(event.offsetMs)}
      </time>
      <span className="flex items-center gap-1.5 self-start text-sm leading-6 text-muted">
        <Icon aria-hidden className="size-4 shrink-0" />
        {words}
      </span>
      <div className="col-start-2 min-w-0 sm:col-start-3">
        {hear ? (
          <button
            type="button"
            onClick={hear}
            title="Hear this moment"
            className="group inline-flex items-start gap-1.5 rounded text-left hover:text-accent-text"
          >
            <span className="wrap-anywhere underline decoration-line-strong decoration-dotted underline-offset-4">
              {event.text}
            </span>
            <Play aria-hidden className="mt-1 size-3.5 shrink-0 text-accent-text" />
            <span className="sr-only">Hear this moment</span>
          </button>
        ) : (
          <span className="wrap-anywhere">{event.text}</span>
        )}
        {detail.length > 0 && (
          <details className="text-sm">
            <summary className="min-h-7 w-fit cursor-pointer rounded leading-7 text-muted hover:text-ink">
              Details
            </summary>
            <dl className="grid grid-cols-[auto_1fr] gap-x-3 py-1 font-mono text-xs">
              <dt className="text-muted">event</dt>
              <dd className="wrap-anywhere">{event.kind}</dd>
              {detail.map(([key, value]) => (
                <div key={key} className="contents">
                  <dt className="text-muted">{key}</dt>
                  <dd className="wrap-anywhere">{String(value)}</dd>
                </div>
              ))}
            </dl>
          </details>
        )}
      </div>
    </li>
  );
}
