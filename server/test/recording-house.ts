import { randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sql } from 'kysely';
import { pino } from 'pino';
import { vi } from 'vitest';
import type { Role } from '@offhook/contract';
import { freshDatabase } from '../../test/support/database.ts';
import type { CallRecord } from '../src/call/call.ts';
import type { Fact } from '../src/call/facts.ts';
import { CarrierRecordings } from '../src/carrier/recordings.ts';
import { CallStore } from '../src/db/call-store.ts';
import { openDatabase, type OpenDatabase } from '../src/db/database.ts';
import { startRunner } from '../src/jobs/runners.ts';
import { audit } from '../src/person/audit.ts';
import type { Asker } from '../src/person/asker.ts';
import { openRecordings, type Recordings } from '../src/recording/recordings.ts';
import { WireCarrier } from './recording-carrier.ts';

export const silent = pino({ level: 'silent' });

/** Calls in a database of their own, with a clock that the test turns. */
export class Calls {
  /** Ms since 1970. */
  at = Date.now() - 3_600_000;
  readonly store: CallStore;

  constructor(readonly database: OpenDatabase) {
    this.store = new CallStore(database.db, silent, () => this.at);
  }

  async person(name: string, role: Role = 'agent', teamId: string | null = null): Promise<Asker> {
    const personId = `p_${randomUUID()}`;
    await this.database.db
      .insertInto('person')
      .values({
        id: personId,
        name,
        email: `${personId}@example.com`,
        image: null,
        role,
        team_id: teamId,
      })
      .execute();
    return { personId, name, role, teamId, via: 'session' };
  }

  async team(name: string): Promise<string> {
    const id = `t_${randomUUID()}`;
    await this.database.db.insertInto('team').values({ id, name }).execute();
    return id;
  }

  async begun(agent: Asker, customer = { number: '+447700900001', name: 'Ada Answers' }) {
    const id = `call_${randomUUID()}`;
    const { personId, name, teamId } = agent;
    const limits = { agentJoinMs: 30_000, ringMs: 30_000, maxCallMs: 7_200_000, agentGraceMs: 0 };
    const legs = { agentLegId: `${id}a`, customerLegId: `${id}c` };
    const party = { agent: { id: personId, name, teamId }, customer, limits };
    const { call } = await this.store.create({ id, ...legs, ...party }, null);
    return call;
  }

  /** A conversation from the first second to the last. */
  async talked(agent: Asker, talkMs: number): Promise<CallRecord> {
    const { id } = await this.begun(agent);
    const roomSid = `CF${id}`;
    const [a, c] = [`CA1${id}`, `CA2${id}`];
    const tell = (fact: Fact) => this.store.apply(id, fact);
    await tell({ kind: 'agent_leg_asked', sid: a });
    await tell({ kind: 'joined', leg: 'agent', sid: a, roomSid });
    await tell({ kind: 'customer_dialled', sid: c });
    await tell({ kind: 'leg_progress', leg: 'customer', sid: c, stage: 'ringing' });
    this.at += 3_200;
    await tell({ kind: 'leg_progress', leg: 'customer', sid: c, stage: 'answered' });
    await tell({ kind: 'joined', leg: 'customer', sid: c, roomSid });
    this.at += talkMs;
    const detail = {};
    await tell({
      kind: 'left',
      leg: 'customer',
      sid: c,
      roomSid,
      why: 'hung_up',
      how: 'completed',
      detail,
    });
    await tell({ kind: 'room_ended', roomSid, bySid: c, byApi: false, detail });
    await tell({ kind: 'leg_finished', leg: 'customer', sid: c, how: 'completed', detail });
    await tell({ kind: 'leg_finished', leg: 'agent', sid: a, how: 'completed', detail });
    return this.get(id);
  }

  async get(id: string): Promise<CallRecord> {
    const call = await this.store.find(id);
    if (call === null) throw new Error(`no call ${id}`);
    return call;
  }

  /** The moment when this call's recording reaches a state. Jobs that wait for a retry are hurried. */
  async recordingIs(id: string, state: string, timeout = 20_000): Promise<CallRecord> {
    return vi.waitFor(
      async () => {
        await sql`update graphile_worker._private_jobs set run_at = now()
          where run_at > now() and key like 'fetch:%'`.execute(this.database.db);
        const call = await this.get(id);
        if (call.recording?.state !== state) {
          throw new Error(`the recording is ${JSON.stringify(call.recording)}, not ${state}`);
        }
        return call;
      },
      { timeout, interval: 50 },
    );
  }
}

export interface RecordingHouse {
  calls: Calls;
  carrier: WireCarrier;
  recordings: Recordings;
  folder: string;
  close(): Promise<void>;
}

/** Recordings as in the server: real database, queue, disk; the carrier can be told to fail. */
export async function openHouse(
  options: { deleteFromCarrier?: boolean } = {},
): Promise<RecordingHouse> {
  const fresh = await freshDatabase();
  const database = openDatabase(fresh.url, silent);
  const folder = await mkdtemp(join(tmpdir(), 'offhook-recordings-'));
  const carrier = new WireCarrier();
  await carrier.open();
  const calls = new Calls(database);
  const { apiUrl, account } = carrier;
  const recordings = await openRecordings({
    config: {
      dataFolder: folder,
      toleranceMs: 500,
      country: 'GB',
      recording: {
        deleteFromCarrier: options.deleteFromCarrier ?? false,
        missingAfterMs: 60_000,
      },
    },
    db: database.db,
    source: new CarrierRecordings({ apiUrl, ...account }),
    calls: calls.store,
    audit: (entry) => audit(database.db, entry),
    log: silent,
  });
  const runner = await startRunner({
    name: 'test',
    databaseUrl: fresh.url,
    jobs: recordings.jobs,
    concurrency: 2,
    log: silent,
  });
  return {
    calls,
    carrier,
    recordings,
    folder,
    close: async () => {
      await runner.close();
      await recordings.close();
      await carrier.close();
      await database.close();
      await fresh.drop();
      await rm(folder, { recursive: true, force: true });
    },
  };
}
