import type { Call } from '@offhook/contract';
import { Link, useNavigate } from '@tanstack/react-router';
import { PhoneIncoming, PhoneOutgoing } from 'lucide-react';
import { useRef, useState, type KeyboardEvent } from 'react';
import { DIRECTION_WORDS } from '../../lib/call-words.ts';
import { fullWhen, lengthOf, shortWhen } from '../../lib/format.ts';
import { showNumber } from '../../lib/phone-number.ts';
import { usePhoneSettings } from '../../lib/session.ts';
import { cn } from '../../ui/cn.ts';
import { OutcomeBadge } from './outcome-badge.tsx';
import { RecordingMark } from './recording-mark.tsx';
import { RunningClock } from './running-clock.tsx';

interface CallTableProps {
  calls: Call[];
  /** Somebody pressed the down key on the last row. */
  onEnd: () => void;
}

const cell = 'px-2 py-2.5 sm:px-3 align-top first:pl-4 last:pr-4';
const head = cn(cell, 'py-2 text-left text-sm font-medium text-muted');

/**
 * Calls to read down. One row can be reached with Tab, the others from there with the arrow keys;
 * Enter opens. What does not fit a narrow screen moves into the customer's cell.
 */
export function CallTable({ calls, onEnd }: CallTableProps) {
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
    <table className="w-full border-collapse">
      <caption className="sr-only">Calls, newest first. Arrow keys move, Enter opens.</caption>
      <thead className="sm:sticky sm:top-14 sm:z-10">
        <tr className="bg-sunken">
          <th scope="col" className={cn(head, 'rounded-tl-lg')}>
            Time
          </th>
          <th scope="col" className={cn(head, 'hidden lg:table-cell')}>
            Agent
          </th>
          <th scope="col" className={head}>
            Customer
          </th>
          <th scope="col" className={cn(head, 'hidden sm:table-cell')}>
            Outcome
          </th>
          <th scope="col" className={cn(head, 'hidden text-right sm:table-cell')}>
            Ring
          </th>
          <th scope="col" className={cn(head, 'text-right max-xl:rounded-tr-lg max-xl:pr-4')}>
            Talk
          </th>
          <th scope="col" className={cn(head, 'hidden rounded-tr-lg xl:table-cell')}>
            Flags
          </th>
        </tr>
      </thead>
      <tbody ref={body} onKeyDown={onKeyDown}>
        {calls.map((call) => (
          <CallRow
            key={call.id}
            call={call}
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
  reachable: boolean;
  onFocus: () => void;
}

function CallRow({ call, reachable, onFocus }: CallRowProps) {
  const navigate = useNavigate();
  const { country } = usePhoneSettings();
  const Direction = call.direction === 'outbound' ? PhoneOutgoing : PhoneIncoming;
  const open = { to: '/reports/voice/calls/$callId', params: { callId: call.id } } as const;
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
      <td className={cn(cell, 'tabular lg:whitespace-nowrap')} title={fullWhen(call.createdAt)}>
        {shortWhen(call.createdAt)}
      </td>
      <td className={cn(cell, 'hidden max-w-56 min-w-36 wrap-anywhere lg:table-cell')}>
        {call.agent.name}
      </td>
      <td className={cn(cell, 'w-full sm:w-auto')}>
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
        <span className="mt-1 flex flex-wrap gap-1 empty:hidden sm:pl-6 xl:hidden">
          <span className="sm:hidden">
            <OutcomeBadge call={call} />
          </span>
          <RecordingMark recording={notable(call)} />
        </span>
      </td>
      <td className={cn(cell, 'hidden sm:table-cell')}>
        <OutcomeBadge call={call} />
      </td>
      <td className={cn(cell, 'hidden text-right tabular sm:table-cell')}>
        <Length ms={call.ringMs} since={call.state === 'ringing' ? call.ringingAt : null} />
      </td>
      <td className={cn(cell, 'text-right tabular max-xl:pr-4')}>
        <Length ms={call.talkMs} since={call.state === 'connected' ? call.connectedAt : null} />
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
