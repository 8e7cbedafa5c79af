import type { Call, Recording } from '@offhook/contract';
import type { ReactNode } from 'react';
import { DIRECTION_WORDS, END_REASON_WORDS, ENDED_BY_WORDS } from '../../lib/call-words.ts';
import { bytesInWords, fullWhen, inWords } from '../../lib/format.ts';
import { showNumber } from '../../lib/phone-number.ts';
import { usePhoneSettings } from '../../lib/session.ts';

/** What is known about a call, line by line; nothing is shown twice or guessed. */
export function Facts({ call, recording }: { call: Call; recording: Recording | null }) {
  const { country } = usePhoneSettings();
  return (
    <dl className="grid grid-cols-[auto_1fr] gap-x-4 gap-y-2 p-4">
      <Fact name="Began">{fullWhen(call.createdAt)}</Fact>
      <Fact name="Agent">{call.agent.name}</Fact>
      <Fact name="Customer">
        {call.customer.name !== null && <span className="block">{call.customer.name}</span>}
        <span className="tabular">{showNumber(call.customer.number, country)}</span>
      </Fact>
      <Fact name="Direction">{DIRECTION_WORDS[call.direction]}</Fact>
      {call.ringMs !== null && <Fact name="Ring time">{inWords(call.ringMs)}</Fact>}
      {call.talkMs !== null && <Fact name="Talk time">{inWords(call.talkMs)}</Fact>}
      {call.endedBy !== null && <Fact name="Ended by">{ENDED_BY_WORDS[call.endedBy]}</Fact>}
      {call.endReason !== null && <Fact name="Why">{END_REASON_WORDS[call.endReason]}</Fact>}
      {recording?.durationMs != null && (
        <Fact name="Recording">
          {inWords(recording.durationMs)}
          {recording.channels !== null && `, ${recording.channels === 2 ? 'stereo' : 'mono'}`}
          {recording.bytes !== null && `, ${bytesInWords(recording.bytes)}`}
        </Fact>
      )}
      {recording?.sha256 != null && (
        <Fact name="SHA-256">
          <code className="font-mono text-xs break-all">{recording.sha256}</code>
        </Fact>
      )}
      <Fact name="Call ID">
        <code className="font-mono text-xs break-all">{call.id}</code>
      </Fact>
    </dl>
  );
}

function Fact({ name, children }: { name: string; children: ReactNode }) {
  return (
    <>
      <dt className="text-muted">{name}</dt>
      <dd className="min-w-0 wrap-anywhere">{children}</dd>
    </>
  );
}
