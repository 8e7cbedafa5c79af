import type { Call, CallDetail, CallRequest, Recording } from '@offhook/contract';
import type { CallRecord, Limits } from './call/call.ts';
import { dialProblem } from './call/dial-rules.ts';
import { present } from './call/present.ts';
import type { Config } from './config/config.ts';
import { eventsOf, findVisibleCall, newestSeq } from './db/call-queries.ts';
import type { CallStore } from './db/call-store.ts';
import type { Db } from './db/database.ts';
import { idempotencyKey } from './db/idempotency.ts';
import { newId } from './ids.ts';
import { readNumber } from './number/read-number.ts';
import type { Asker } from './person/asker.ts';
import { Problem } from './problem.ts';

export interface CallDeskParts {
  db: Db;
  calls: CallStore;
  config: Pick<Config, 'call' | 'dialling' | 'demoCustomers'>;
  /** Where the person's calls ring, with a SIP phone; null with the browser. */
  sipUriOf: (personId: string) => Promise<string | null>;
  /** The recording of a call; null when there is none. */
  recordingOf: (call: CallRecord) => Promise<Recording | null>;
}

/** What people, and programs acting for them, ask of calls. */
export class CallDesk {
  constructor(private readonly parts: CallDeskParts) {}

  /** Throws number.…, call.agent_busy, idempotency.key_reused. */
  async begin(
    asker: Asker,
    request: CallRequest,
    key: string | null,
  ): Promise<{ call: Call; isNew: boolean }> {
    const { calls, config, sipUriOf } = this.parts;
    const read = readNumber(request.to, config.dialling.country);
    const problem = dialProblem(read, config.dialling);
    if (problem !== null) throw new Problem(problem.code, problem.message, { to: problem.message });
    const number = read.e164 ?? '';
    const sipUri = await sipUriOf(asker.personId);
    const { call, isNew } = await calls.create(
      {
        id: newId('call'),
        agentLegId: newId('leg'),
        customerLegId: newId('leg'),
        agent: {
          id: asker.personId,
          name: asker.name,
          teamId: asker.teamId,
          ...(sipUri === null ? {} : { sipUri }),
        },
        customer: {
          number,
          name: config.demoCustomers.find((demo) => demo.number === number)?.name ?? null,
        },
        limits: limitsOf(config.call),
      },
      key === null ? null : idempotencyKey(asker.personId, key, request),
    );
    return { call: present(call), isNew };
  }

  /** Throws call.not_found, also for a call that the asker may not see. */
  async detail(asker: Asker, callId: string): Promise<CallDetail> {
    const { db, recordingOf } = this.parts;
    const seen = await db
      .transaction()
      .setIsolationLevel('repeatable read')
      .setAccessMode('read only')
      .execute(async (snapshot) => {
        const call = await findVisibleCall(snapshot, callId, asker);
        if (call === null) throw callNotFound();
        return { call, events: await eventsOf(snapshot, callId), seq: await newestSeq(snapshot) };
      });
    return {
      call: present(seen.call),
      events: seen.events,
      recording: await recordingOf(seen.call),
      seq: seen.seq,
    };
  }

  /** Harmless on a call that has ended. Throws call.not_found. */
  async hangUp(asker: Asker, callId: string): Promise<Call> {
    const { db, calls } = this.parts;
    const call = await findVisibleCall(db, callId, asker);
    if (call === null) throw callNotFound();
    const applied = await calls.apply(callId, { kind: 'hang_up_asked', by: asker.name });
    return present(applied?.call ?? call);
  }
}

function callNotFound(): Problem {
  return new Problem('call.not_found', 'There is no such call, or you may not see it.');
}

function limitsOf({ agentJoinMs, ringMs, maxCallMs, agentGraceMs }: Limits): Limits {
  return { agentJoinMs, ringMs, maxCallMs, agentGraceMs };
}
