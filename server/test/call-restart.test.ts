import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { Client } from '../../test/support/client.ts';
import { type FreshDatabase, freshDatabase } from '../../test/support/database.ts';
import { freePort } from '../../test/support/free-port.ts';
import { Program } from '../../test/support/program.ts';
import { WireCarrier } from './call-carrier.ts';
import { CUSTOMER, detail, settings, WireCall } from './call-house.ts';

let carrier: WireCarrier;
let database: FreshDatabase;
let server: Program;
let dataFolder: string;
let admin: Client;
let identity: string;

beforeEach(async () => {
  carrier = new WireCarrier();
  await carrier.open();
  database = await freshDatabase();
  dataFolder = mkdtempSync(join(tmpdir(), 'offhook-restart-'));
  const port = await freePort();
  const hex = 'a1'.repeat(16);
  server = new Program('server', 'server/src/main.ts', {
    ...settings(carrier),
    HOST: '127.0.0.1',
    PORT: String(port),
    DATABASE_URL: database.url,
    OFFHOOK_DATA: dataFolder,
    OFFHOOK_WEB: join(dataFolder, 'no-web'),
    TWILIO_ACCOUNT_SID: `AC${hex}`,
    TWILIO_API_KEY: `SK${hex}`,
    TWILIO_API_SECRET: hex,
    TWILIO_TWIML_APP_SID: `AP${hex}`,
    TWILIO_CALLER_ID: '+447700900000',
    OFFHOOK_SIGNAL_UPSTREAM: `ws://127.0.0.1:${port}`,
    LOG_LEVEL: 'debug',
  });
  await server.start();
  admin = new Client(`http://localhost:${port}`);
  identity = `agent_${(await admin.okSetUp()).person?.id ?? ''}`;
});

afterEach(async () => {
  await server.stop();
  await database.drop();
  await carrier.close();
  rmSync(dataFolder, { recursive: true, force: true });
});

async function calling(): Promise<WireCall> {
  return new WireCall(carrier, await admin.okCall(CUSTOMER), identity, admin.url);
}

test('a server killed while it dials finds the leg when it is back, and rings nobody twice', async () => {
  carrier.dialTrouble = 'held';
  const wire = await calling();
  await wire.connectAgent();
  const leg = await wire.dialled();
  await server.stop('SIGKILL');
  carrier.release();
  const killedAt = Date.now();
  await server.start();
  await vi.waitFor(
    async () => {
      const { events } = await detail(admin, wire.call.id);
      expect(events.find(({ kind }) => kind === 'customer.dialled')?.detail.sid).toBe(leg.sid);
    },
    { timeout: 15_000, interval: 50 },
  );
  // Not after the queue's four hours.
  expect(Date.now() - killedAt).toBeLessThan(15_000);
  expect(carrier.dials).toHaveLength(1);
  await wire.customerIs('ringing');
  await wire.customerIs('in-progress');
  await wire.customerEnters();
  expect((await detail(admin, wire.call.id)).call.state).toBe('connected');
});

test('a conversation that begins and ends while the server is away is on record afterwards', async () => {
  const wire = await calling();
  await wire.connectAgent();
  const leg = await wire.dialled();
  await wire.customerIs('ringing');
  await server.stop('SIGKILL');
  leg.status = 'completed';
  leg.start = new Date(Date.now() - 1000);
  leg.end = new Date();
  const { room, agent } = wire;
  if (room === null || agent === null) throw new Error('nobody is there');
  Object.assign(room, {
    status: 'completed',
    reason: 'participant-with-end-conference-on-exit-left',
    endedBy: agent.sid,
  });
  agent.status = 'completed';
  agent.end = new Date();
  await server.start();
  await vi.waitFor(
    async () => {
      const { call } = await detail(admin, wire.call.id);
      expect(call).toMatchObject({
        state: 'ended',
        outcome: 'completed',
        endedBy: 'agent',
        endReason: 'agent_left',
      });
    },
    { timeout: 15_000, interval: 50 },
  );
});
