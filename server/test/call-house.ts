import { randomUUID } from 'node:crypto';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Call, CallDetail } from '@offhook/contract';
import { sql } from 'kysely';
import { vi } from 'vitest';
import type { Client } from '../../test/support/client.ts';
import { AUTH_TOKEN, callBack, WireCarrier, type WireLeg, type WireRoom } from './call-carrier.ts';
import { openPlatform, type Platform } from './platform.ts';

/** The base of the addresses that the carrier is given; what it signs. */
export const CUSTOMER = '+447700900001';

/** The real server, with the carrier's side of the wire in the test's hand. */
export interface House {
  platform: Platform;
  carrier: WireCarrier;
  admin: Client;
  /** The administrator's Voice SDK identity. */
  identity: string;
  close(): Promise<void>;
}

export async function openHouse(env: Record<string, string> = {}): Promise<House> {
  const carrier = new WireCarrier();
  await carrier.open();
  const platform = await openPlatform({ ...settings(carrier), ...env });
  const admin = platform.visitor();
  const session = await admin.okSetUp();
  return {
    platform,
    carrier,
    admin,
    identity: `agent_${session.person?.id ?? ''}`,
    close: async () => {
      await platform.close();
      await carrier.close();
    },
  };
}

/** What makes a server speak to this carrier. */
export function settings(carrier: WireCarrier): Record<string, string> {
  const customers = join(mkdtempSync(join(tmpdir(), 'offhook-call-')), 'customers.json');
  const ada = { number: CUSTOMER, name: 'Ada Answers', description: 'Answers.' };
  const phone = { number: '+447700900008', name: 'You', description: 'Rings.' };
  writeFileSync(
    customers,
    JSON.stringify({ customers: [ada, { ...phone, client: 'demo_phone' }] }),
  );
  return {
    TWILIO_API_URL: carrier.apiUrl,
    TWILIO_AUTH_TOKEN: AUTH_TOKEN,
    OFFHOOK_DEMO_CUSTOMERS: customers,
    CALL_SWEEP_SECONDS: '3600',
  };
}

/** One call as the carrier lives it: each step changes its own world and tells the server. */
export class WireCall {
  agent: WireLeg | null = null;
  room: WireRoom | null = null;
  #sequence = 0;

  constructor(
    readonly carrier: WireCarrier,
    readonly call: Call,
    readonly identity: string,
    /** Base of the server; news go there. */
    readonly base: string,
  ) {}

  get customer(): WireLeg {
    const leg = [...this.carrier.legs.values()].find(({ callback }) =>
      callback?.includes(this.call.id),
    );
    if (leg === undefined) throw new Error('the customer was not dialled');
    return leg;
  }

  /** The agent's browser connects: the carrier asks what to do. The TwiML. */
  async agentAsks(from = `client:${this.identity}`): Promise<string> {
    this.agent ??= this.carrier.addLeg({ from, label: 'agent' });
    const { text } = await callBack(this.base, '/carrier/voice', {
      CallSid: this.agent.sid,
      From: from,
      To: '',
      CallStatus: 'ringing',
      Direction: 'inbound',
      call: this.call.id,
    });
    return text;
  }

  async agentEnters(): Promise<void> {
    this.room ??= this.carrier.addRoom(this.call.id);
    await this.#enter(this.agent, 'agent');
  }

  /** The agent's browser, up to the order to ring the customer. */
  async connectAgent(): Promise<void> {
    await this.agentAsks();
    await this.agentEnters();
  }

  async dialled(): Promise<WireLeg> {
    return vi.waitFor(() => this.customer, { timeout: 5000, interval: 5 });
  }

  async customerIs(status: string, more: Record<string, string> = {}): Promise<void> {
    const leg = this.customer;
    leg.status = status;
    if (status === 'in-progress') leg.start = new Date();
    if (!['queued', 'ringing', 'in-progress'].includes(status)) leg.end ??= new Date();
    await this.tellLeg(status, more);
  }

  async tellLeg(status: string, more: Record<string, string> = {}): Promise<void> {
    const { sid, callback } = this.customer;
    const path = new URL(callback ?? '').pathname + new URL(callback ?? '').search;
    await this.#tell(path, { CallSid: sid, CallStatus: status, ...more });
  }

  async customerEnters(): Promise<void> {
    await this.#enter(this.customer, this.customer.label);
  }

  /** Everything up to both being connected. */
  async connect(): Promise<void> {
    await this.connectAgent();
    await this.dialled();
    await this.customerIs('ringing');
    await this.customerIs('in-progress');
    await this.customerEnters();
  }

  async leaves(who: 'agent' | 'customer', reason: string): Promise<void> {
    const leg = who === 'agent' ? this.agent : this.customer;
    this.room?.inside.delete(leg?.sid ?? '');
    await this.tellRoom('participant-leave', {
      CallSid: leg?.sid ?? '',
      ParticipantLabel: leg?.label ?? '',
      ReasonParticipantLeft: reason,
      ParticipantCallStatus: 'completed',
    });
  }

  async roomEnds(by: 'agent' | 'customer'): Promise<void> {
    const { room } = this;
    if (room === null) throw new Error('there is no room');
    room.status = 'completed';
    room.reason = 'participant-with-end-conference-on-exit-left';
    room.endedBy = (by === 'agent' ? this.agent : this.customer)?.sid ?? null;
    await this.tellRoom('conference-end', {
      ReasonConferenceEnded: room.reason,
      CallSidEndingConference: room.endedBy ?? '',
    });
  }

  async tellRoom(event: string, fields: Record<string, string>): Promise<void> {
    this.#sequence += 1;
    await this.#tell(`/carrier/conference?call=${this.call.id}`, {
      ConferenceSid: this.room?.sid ?? '',
      FriendlyName: this.call.id,
      SequenceNumber: String(this.#sequence),
      StatusCallbackEvent: event,
      ...fields,
    });
  }

  /** News is said again until it is taken, as the server's addresses ask for (`#rc=3&rp=all`). */
  async #tell(path: string, fields: Record<string, string>): Promise<void> {
    await vi.waitFor(
      async () => {
        const { status, text } = await callBack(this.base, path, fields);
        if (status >= 500) throw new Error(`${path} was answered with ${status}: ${text}`);
      },
      { timeout: 5_000, interval: 50 },
    );
  }

  async #enter(leg: WireLeg | null, label: string): Promise<void> {
    if (leg === null || this.room === null) throw new Error('no leg or room');
    leg.room = this.room.sid;
    this.room.inside.add(leg.sid);
    await this.tellRoom('participant-join', { CallSid: leg.sid, ParticipantLabel: label });
  }
}

export async function startCall(house: House, to = CUSTOMER): Promise<WireCall> {
  const call = await house.admin.okCall(to);
  // Both are on one machine, whatever name people use for it.
  return new WireCall(house.carrier, call, house.identity, house.platform.url);
}

export async function detail(client: Client, callId: string): Promise<CallDetail> {
  return client.okGet<CallDetail>(`/api/calls/${callId}`);
}

/** The call once it is in this state. Jobs that wait for a retry are hurried, if asked. */
export async function reaches(
  house: Pick<House, 'admin' | 'platform'>,
  callId: string,
  state: Call['state'],
  { hurry = false } = {},
): Promise<Call> {
  return vi.waitFor(
    async () => {
      if (hurry) await hurryJobs(house.platform);
      const { call } = await detail(house.admin, callId);
      if (call.state !== state) throw new Error(`the call is ${call.state}, not ${state}`);
      return call;
    },
    { timeout: 10_000, interval: 20 },
  );
}

/** Brings forward jobs that failed once and wait for another attempt. */
export async function hurryJobs({ database }: Platform): Promise<void> {
  await sql`update graphile_worker._private_jobs set run_at = now()
    where run_at > now() and attempts > 0 and locked_at is null`.execute(database.db);
}

/** Brings forward one deadline of a call, as if its time had come. */
export async function deadlineComes(
  { database }: Platform,
  callId: string,
  which: string,
): Promise<void> {
  await sql`update graphile_worker._private_jobs set run_at = now()
    where key = ${`deadline:${callId}:${which}`}`.execute(database.db);
}

export function newKey(): Record<string, string> {
  return { 'idempotency-key': randomUUID() };
}
