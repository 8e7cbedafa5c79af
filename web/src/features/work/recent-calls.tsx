import type { Call } from '@offhook/contract';
import { Link } from '@tanstack/react-router';
import { Phone } from 'lucide-react';
import { messageOf } from '../../lib/api.ts';
import { END_REASON_WORDS, OUTCOME_WORDS, stateWords } from '../../lib/call-words.ts';
import { useCalls } from '../../lib/calls.ts';
import { inWords, shortWhen } from '../../lib/format.ts';
import { showNumber } from '../../lib/phone-number.ts';
import { useMe, usePhoneSettings } from '../../lib/session.ts';
import { Button } from '../../ui/button.tsx';
import { Panel } from '../../ui/panel.tsx';
import { Spinner } from '../../ui/spinner.tsx';
import { Tooltip } from '../../ui/tooltip.tsx';
import { usePhone, usePhoneState } from './phone-provider.tsx';

const SHOWN = 8;

/** The person's own calls, newest first, kept up to date by the live stream. */
export function RecentCalls({ disabled }: { disabled: boolean }) {
  const me = useMe();
  const calls = useCalls({ agentId: me.id });
  const rows = calls.data?.pages.flatMap((page) => page.calls).slice(0, SHOWN);
  return (
    <Panel aria-labelledby="recent-calls">
      <h2 id="recent-calls" className="border-b px-4 py-3 font-medium">
        Recent calls
      </h2>
      {calls.isPending && (
        <div className="flex justify-center p-6 text-muted">
          <Spinner label="Loading recent calls" />
        </div>
      )}
      {rows === undefined && calls.error && (
        <div className="flex flex-wrap items-center justify-between gap-2 px-4 py-3">
          <p className="text-muted">{messageOf(calls.error)}</p>
          <Button size="small" onClick={() => void calls.refetch()}>
            Try again
          </Button>
        </div>
      )}
      {rows?.length === 0 && (
        <p className="px-4 py-6 text-center text-muted">Calls you make appear here.</p>
      )}
      {rows !== undefined && rows.length > 0 && (
        <ul className="divide-y">
          {rows.map((call) => (
            <RecentCall key={call.id} call={call} disabled={disabled} />
          ))}
        </ul>
      )}
    </Panel>
  );
}

function RecentCall({ call, disabled }: { call: Call; disabled: boolean }) {
  const phone = usePhone();
  const { country } = usePhoneSettings();
  const { current } = usePhoneState();
  const number = showNumber(call.customer.number, country);
  const who = call.customer.name ?? number;
  return (
    <li className="flex items-center gap-1 pr-2 hover:bg-sunken">
      <Link
        to="/reports/voice/calls/$callId"
        params={{ callId: call.id }}
        className="flex min-w-0 flex-1 items-baseline gap-3 py-2.5 pl-4"
      >
        <span className="min-w-0 flex-1">
          <span className="block truncate font-medium tabular">{who}</span>
          <span className="block truncate text-sm text-muted tabular">{summary(call)}</span>
        </span>
        <span className="shrink-0 text-sm text-muted tabular">{shortWhen(call.createdAt)}</span>
      </Link>
      <Tooltip text={`Call ${who} again`}>
        <Button
          look="quiet"
          size="icon"
          aria-label={`Call ${who} again`}
          disabled={disabled || current !== null}
          onClick={() => void phone.dial(call.customer.number)}
        >
          <Phone aria-hidden />
        </Button>
      </Tooltip>
    </li>
  );
}

/** "No answer · rang 15 s", "Failed · Number not in service" */
function summary(call: Call): string {
  if (call.outcome === null) return stateWords(call);
  const word = OUTCOME_WORDS[call.outcome];
  if (call.outcome === 'failed' && call.endReason !== null) {
    return `${word} · ${END_REASON_WORDS[call.endReason]}`;
  }
  if (call.talkMs !== null) return `${word} · talked ${inWords(call.talkMs)}`;
  if (call.ringMs !== null) return `${word} · rang ${inWords(call.ringMs)}`;
  return word;
}
