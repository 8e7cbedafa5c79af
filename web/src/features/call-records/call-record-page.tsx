import type { Call, CallDetail, Recording } from '@offhook/contract';
import { Link, useLocation, useParams } from '@tanstack/react-router';
import { ChevronLeft, Disc, FileX, LoaderCircle, MicOff } from 'lucide-react';
import { useMemo } from 'react';
import { ApiError, messageOf } from '../../lib/api.ts';
import { endSentence, noPlayerBecause, stateWords } from '../../lib/call-words.ts';
import { useCall } from '../../lib/calls.ts';
import { fullWhen } from '../../lib/format.ts';
import { showNumber } from '../../lib/phone-number.ts';
import { useMe, usePhoneSettings } from '../../lib/session.ts';
import { Button } from '../../ui/button.tsx';
import { EmptyState } from '../../ui/empty-state.tsx';
import { ErrorState } from '../../ui/error-state.tsx';
import { Panel } from '../../ui/panel.tsx';
import { Spinner } from '../../ui/spinner.tsx';
import { Facts } from './facts.tsx';
import { readFilters } from './filters.ts';
import { OutcomeBadge } from './outcome-badge.tsx';
import { audioTimeOf, conversation, marksOf } from './player/audio-time.ts';
import { Player } from './player/player.tsx';
import { useTransport } from './player/transport.ts';
import { RunningClock } from './running-clock.tsx';
import { Timeline } from './timeline.tsx';

export function CallRecordPage() {
  const { callId } = useParams({ from: '/inside/framed/reports/voice/calls/$callId' });
  const filters = useLocation({ select: ({ state }) => state.recordFilters });
  const detail = useCall(callId);
  return (
    <div className="mx-auto flex max-w-7xl flex-col gap-4">
      <title>Call · Offhook</title>
      <Button asChild look="link" size="inline" className="self-start">
        <Link to="/reports/voice/calls" search={readFilters({ ...filters })}>
          <ChevronLeft aria-hidden />
          Call Records
        </Link>
      </Button>
      {!detail.data && <h1 className="sr-only">Call</h1>}
      {detail.data ? (
        <Record detail={detail.data} />
      ) : detail.isError ? (
        <Missing
          error={detail.error}
          retrying={detail.isFetching}
          onRetry={() => void detail.refetch()}
        />
      ) : (
        <Panel className="flex justify-center p-16 text-muted">
          <Spinner label="Loading the call" className="size-6" />
        </Panel>
      )}
    </div>
  );
}

interface MissingProps {
  error: Error;
  retrying: boolean;
  onRetry: () => void;
}

function Missing({ error, retrying, onRetry }: MissingProps) {
  return (
    <Panel>
      {error instanceof ApiError && error.code === 'call.not_found' ? (
        <EmptyState icon={FileX} title="There is no such call">
          The address may be mistyped, or the call is not yours to see.
        </EmptyState>
      ) : (
        <ErrorState title="The call could not be fetched" onRetry={onRetry} retrying={retrying}>
          {messageOf(error)}
        </ErrorState>
      )}
    </Panel>
  );
}

const NOTHING = { from: 0, to: 0 };

function Record({ detail: { call, events, recording } }: { detail: CallDetail }) {
  const playable = recording?.state === 'ready' ? recording : null;
  const window = useMemo(
    () => (playable ? conversation(call, playable) : NOTHING),
    [call, playable],
  );
  const transport = useTransport(playable?.audioUrl ?? null, window);
  const hear = (at: string) => {
    const seconds = playable && audioTimeOf(at, playable, window);
    if (seconds === null || !transport) return null;
    return () => {
      transport.seek(seconds);
      transport.play();
    };
  };
  return (
    <>
      <Heading call={call} />
      {/* In sight while one clicks through the timeline, where there is room for both. */}
      <Panel
        aria-label="Recording"
        className="lg:[@media(min-height:900px)]:sticky lg:[@media(min-height:900px)]:top-18 lg:[@media(min-height:900px)]:z-10"
      >
        {playable && transport ? (
          <Player
            call={call}
            recording={playable}
            transport={transport}
            marks={marksOf(events, playable, window)}
          />
        ) : (
          <NoPlayer call={call} recording={recording} />
        )}
      </Panel>
      <div className="grid items-start gap-4 lg:grid-cols-[minmax(0,1fr)_22rem]">
        <Panel aria-labelledby="timeline">
          <h2 id="timeline" className="border-b px-4 py-3 font-semibold">
            Timeline
          </h2>
          <Timeline events={events} onHear={({ at }) => hear(at)} />
        </Panel>
        <Panel aria-labelledby="facts">
          <h2 id="facts" className="border-b px-4 py-3 font-semibold">
            Facts
          </h2>
          <Facts call={call} recording={recording} />
        </Panel>
      </div>
    </>
  );
}

function Heading({ call }: { call: Call }) {
  const me = useMe();
  const { country } = usePhoneSettings();
  const number = showNumber(call.customer.number, country);
  const sentence = endSentence(call, call.agent.id === me.id ? 'own' : 'other');
  return (
    <header className="flex flex-col gap-1">
      <div className="flex flex-wrap items-center gap-x-3 gap-y-1">
        <h1 className="min-w-0 text-xl font-semibold wrap-anywhere tabular">
          {call.customer.name ?? number}
        </h1>
        <OutcomeBadge call={call} />
      </div>
      <p className="text-muted tabular">
        {call.customer.name !== null && `${number} · `}
        {fullWhen(call.createdAt)}
      </p>
      <p role="status" className="wrap-anywhere">
        {sentence ?? <Running call={call} />}
      </p>
    </header>
  );
}

function Running({ call }: { call: Call }) {
  return (
    <>
      {stateWords(call)}
      {call.connectedAt !== null && (
        <span aria-hidden>
          {' '}
          <RunningClock since={call.connectedAt} />
        </span>
      )}
      . This page updates by itself.
    </>
  );
}

function NoPlayer({ call, recording }: { call: Call; recording: Recording | null }) {
  const words = noPlayerBecause(call, recording);
  if (!words) return null;
  const waiting = recording?.state === 'processing';
  const Icon = waiting ? LoaderCircle : recording?.state === 'recording' ? Disc : MicOff;
  return (
    <div role="status" className="flex items-start gap-3 p-4">
      <Icon
        aria-hidden
        className={`mt-0.5 size-5 shrink-0 text-muted ${waiting ? 'animate-spin' : ''}`}
      />
      <div>
        <p className="font-medium">{words.title}</p>
        <p className="text-muted">{words.text}</p>
      </div>
    </div>
  );
}
