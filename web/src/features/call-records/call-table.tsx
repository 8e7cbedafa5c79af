import type { Call } from '@offhook/contract';
import { Link, useNavigate } from '@tanstack/react-router';
import { PhoneIncoming, PhoneOutgoing } from 'lucide-react';
import { useRef, useState, type KeyboardEvent } from 'react';
import { DIRECTION_WORDS, END_REASON_WORDS } from '../../lib/call-words.ts';
import { fullWhen, lengthOf, shortWhen } from '../../lib/format.ts';
import { showNumber } from '../../lib/phone-number.ts';
import { usePhoneSettings } from '../../lib/session.ts';
import { cn } from '../../ui/cn.ts';
import type { RecordFilters } from './filters.ts';
import { OutcomeBadge } from './outcome-badge.tsx';
import { RecordingMark } from './recording-mark.tsx';
import { RunningClock } from './running-clock.tsx';

interface CallTableProps {
  calls: Call[];
  /** What the calls were chosen by; the way back from one of them leads there. */
  filters: RecordFilters;
  /** Somebody pressed the down key on the last row. */
  onEnd: () => void;
}

const cell = 'px-2 py-2.5 sm:px-3 align-top first:pl-4';
// A shadow for a line: borders of a collapsed table stay behind when its head sticks.
const head = cn(
  cell,
  'py-2 text-left text-sm font-medium text-muted shadow-[0_1px_0_var(--line-strong)]',
);

/**
 * Calls to read down. One row can be reached with Tab, the others from there with the arrow keys;
 * Enter opens. What does not fit a narrow screen moves into the customer's cell. The columns have
 * widths of their own, so that nothing moves sideways when a call with a longer name arrives.
 */
export function CallTable({ calls, filters, onEnd }: CallTableProps) {
  const body = useRef<HTMLTableSectionElement>(null);
  const [current, setCurrent] = useState<string | null>(null);
  const reachable = calls.some(({ id }) => id === current) ? current : (calls[0]?.id ?? null);

  const onKeyDown = (event: KeyboardEvent) => {
    const links = [...(body.current?.querySelectorAll<HTMLElement>('a[data-call]') ?? [])];
    const at = links.findIndex((link) => link === document.activeElement);
    const to = target(event.key, at, links.length);
    if (at === -1 || to === null) return;
    event.preventDefault();
    links[Math.min(to, links.length - 1)]?.focus();
    if (to >= links.length) onEnd();
  };

  return (
    <table className="w-full table-fixed border-collapse">
      <caption className="sr-only">Calls, newest first. Arrow keys move, Enter opens.</caption>
      <thead className="sm:sticky sm:top-14 sm:z-10">
        <tr className="bg-sunken">
          <th scope="col" className={cn(head, 'w-24 rounded-tl-lg xl:w-42')}>
            Time
          </th>
          <th scope="col" className={cn(head, 'hidden w-44 lg:table-cell xl:w-48')}>
            Agent
          </th>
          <th scope="col" className={cn(head, 'max-sm:rounded-tr-lg')}>
            Customer
          </th>
          <th scope="col" className={cn(head, 'hidden w-36 sm:table-cell xl:w-44')}>
            Outcome
          </th>
          <th scope="col" className={cn(head, 'hidden w-20 text-right sm:table-cell')}>
            Ring
          </th>
          <th
            scope="col"
            className={cn(head, 'hidden w-22 pr-4 text-right max-xl:rounded-tr-lg sm:table-cell')}
          >
            Talk
          </th>
          <th scope="col" className={cn(head, 'hidden w-40 rounded-tr-lg xl:table-cell')}>
            Flags
          </th>
        </tr>
      </thead>
      <tbody ref={body} onKeyDown={onKeyDown}>
        {calls.map((call) => (
          <CallRow
            key={call.id}
            call={call}
            filters={filters}
            reachable={call.id === reachable}
            onFocus={() => setCurrent(call.id)}
          />
        ))}
      </tbody>
    </table>
  );
}

function target(key: string, at: number, count: number): number | null {
  switch (key) {
    case 'ArrowDown':
      return at + 1;
    case 'ArrowUp':
      return Math.max(0, at - 1);
    case 'Home':
      return 0;
    case 'End':
      return count - 1;
    default:
      return null;
  }
}

interface CallRowProps {
  call: Call;
  filters: RecordFilters;
  reachable: boolean;
  onFocus: () => void;
}

function CallRow({ call, filters, reachable, onFocus }: CallRowProps) {
  const navigate = useNavigate();
  const { country } = usePhoneSettings();
  const Direction = call.direction === 'outbound' ? PhoneOutgoing : PhoneIncoming;
  const open = {
    to: '/reports/voice/calls/$callId',
    params: { callId: call.id },
    state: { recordFilters: filters },
  } as const;
  const number = showNumber(call.customer.number, country);
  return (
    <tr
      onClick={(event) => {
        if (event.target instanceof Element && event.target.closest('a')) return;
        if (getSelection()?.type === 'Range') return; // copying a number is no click
        void navigate(open);
      }}
      className="cursor-pointer border-t hover:bg-sunken has-[a:focus-visible]:bg-accent-soft"
    >
      <td className={cn(cell, 'tabular xl:whitespace-nowrap')} title={fullWhen(call.createdAt)}>
        {shortWhen(call.createdAt)}
      </td>
      <td className={cn(cell, 'hidden wrap-anywhere lg:table-cell')}>{call.agent.name}</td>
      <td className={cell}>
        <Link
          {...open}
          data-call
          tabIndex={reachable ? 0 : -1}
          onFocus={onFocus}
          className="inline-flex max-w-full scroll-my-28 items-start gap-2 rounded"
        >
          <Direction aria-hidden className="mt-0.5 size-4 shrink-0 text-muted" />
          <span className="min-w-0">
            <span className="sr-only">{DIRECTION_WORDS[call.direction]}: </span>
            {call.customer.name !== null && (
              <span className="block font-medium wrap-anywhere">{call.customer.name}</span>
            )}
            <span
              className={cn(
                'block tabular sm:whitespace-nowrap',
                call.customer.name !== null && 'text-sm text-muted',
              )}
            >
              {number}
            </span>
          </span>
        </Link>
        <span className="mt-1 block pl-6 text-sm wrap-anywhere text-muted lg:hidden">
          {call.agent.name}
        </span>
        <span className="mt-1 flex flex-wrap items-center gap-x-2 gap-y-1 pl-6 empty:hidden xl:hidden">
          <span className="contents sm:hidden">
            <OutcomeBadge call={call} />
            <Why call={call} />
            {call.connectedAt !== null && (
              <span className="text-sm tabular">
                <Talk call={call} />
              </span>
            )}
          </span>
          <RecordingMark recording={notable(call)} />
        </span>
      </td>
      <td className={cn(cell, 'hidden sm:table-cell')}>
        <OutcomeBadge call={call} />
        <Why call={call} />
      </td>
      <td className={cn(cell, 'hidden text-right tabular sm:table-cell')}>
        <Length ms={call.ringMs} since={call.state === 'ringing' ? call.ringingAt : null} />
      </td>
      <td className={cn(cell, 'hidden pr-4 text-right tabular sm:table-cell')}>
        <Talk call={call} />
      </td>
      <td className={cn(cell, 'hidden xl:table-cell')}>
        <RecordingMark recording={call.recording} />
      </td>
    </tr>
  );
}

/** Where there is little room only what is out of the ordinary is said. */
function notable({ recording }: Call): Call['recording'] {
  return recording?.state === 'ready' && recording.flags.length === 0 ? null : recording;
}

/** Of a call that failed, what failed: the other outcomes say all there is. */
function Why({ call: { outcome, endReason } }: { call: Call }) {
  if (outcome !== 'failed' || endReason === null) return null;
  return <span className="block text-sm text-muted">{END_REASON_WORDS[endReason]}</span>;
}

function Talk({ call: { state, talkMs, connectedAt } }: { call: Call }) {
  return <Length ms={talkMs} since={state === 'connected' ? connectedAt : null} />;
}

interface LengthProps {
  /** Once it is over. */
  ms: number | null;
  /** While it lasts: since when. */
  since: string | null;
}

function Length({ ms, since }: LengthProps) {
  if (ms !== null) return lengthOf(ms);
  if (since !== null) return <RunningClock since={since} />;
  return (
    <span className="text-muted">
      <span aria-hidden>–</span>
      <span className="sr-only">none</span>
    </span>
  );
}
