import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { sql } from 'kysely';
import { Live } from '../../test/support/live.ts';
import {
  deadlineComes,
  detail,
  hurryJobs,
  type House,
  openHouse,
  reaches,
  startCall,
} from './call-house.ts';

let house: House;
beforeEach(async () => {
  house = await openHouse();
});
afterEach(async () => house.close());

describe('the carrier', () => {
  test('rings, but its answer is lost: the leg is looked up, nobody is rung twice', async () => {
    house.carrier.dialTrouble = 'answer_lost';
    const wire = await startCall(house);
    await wire.connectAgent();
    const leg = await wire.dialled();
    await vi.waitFor(
      async () => {
        await hurryJobs(house.platform);
        const { events } = await detail(house.admin, wire.call.id);
        expect(events.find(({ kind }) => kind === 'customer.dialled')?.detail.sid).toBe(leg.sid);
      },
      { timeout: 10_000, interval: 50 },
    );
    expect(house.carrier.dials).toHaveLength(1);
    await wire.customerIs('ringing');
    await wire.customerIs('in-progress');
    await wire.customerEnters();
    await reaches(house, wire.call.id, 'connected');
  });

  test('loses the order, so nobody can say: the call is given up, nobody is rung', async () => {
    house.carrier.dialTrouble = 'order_lost';
    const wire = await startCall(house);
    await wire.connectAgent();
    const ended = await reaches(house, wire.call.id, 'ended', { hurry: true });
    expect(ended).toMatchObject({
      outcome: 'failed',
      endedBy: 'system',
      endReason: 'carrier_unknown',
    });
    expect(house.carrier.dials).toHaveLength(1);
    expect(wire.agent?.status).toBe('completed');
  });

  test('has a leg to the same number that is another call’s: it is not taken for ours', async () => {
    const first = await startCall(house);
    await first.connect();
    await house.admin.post(`/api/calls/${first.call.id}/hangup`);
    await reaches(house, first.call.id, 'ended');
    house.carrier.dialTrouble = 'order_lost';
    const second = await startCall(house);
    await second.connectAgent();
    const ended = await reaches(house, second.call.id, 'ended', { hurry: true });
    expect(ended.endReason).toBe('carrier_unknown');
  });

  test('cannot be reached: the call fails and says so, also when it was never answered', async () => {
    const wire = await startCall(house);
    await wire.agentAsks();
    await house.carrier.close();
    await wire.agentEnters();
    await vi.waitFor(
      async () => {
        const { call } = await detail(house.admin, wire.call.id);
        expect(call).toMatchObject({ outcome: 'failed', endReason: 'carrier_failed' });
      },
      { timeout: 10_000, interval: 20 },
    );
    // It comes back, and the leg that is still there is taken down.
    await house.carrier.open();
    await reaches(house, wire.call.id, 'ended', { hurry: true });
    expect(wire.agent?.status).toBe('completed');
  });

  test.each([
    [400, 21215, 'carrier_refused'],
    [401, 20003, 'carrier_refused'],
    [400, 21211, 'number_not_in_service'],
  ])('refuses with %d and %d: %s, and the timeline has the code', async (status, code, why) => {
    house.carrier.dialTrouble = { status, code, message: 'No.' };
    const wire = await startCall(house);
    await wire.connectAgent();
    const ended = await reaches(house, wire.call.id, 'ended');
    expect(ended).toMatchObject({ outcome: 'failed', endedBy: 'system', endReason: why });
    const { events } = await detail(house.admin, wire.call.id);
    const refused = events.find(({ kind }) => kind === 'customer.not_dialled');
    expect(refused?.detail).toMatchObject({ code, message: 'No.' });
  });

  test('answers the order only after the agent hung up: the leg is ended when it is known', async () => {
    house.carrier.dialTrouble = 'held';
    const wire = await startCall(house);
    await wire.connectAgent();
    await wire.dialled();
    await house.admin.post(`/api/calls/${wire.call.id}/hangup`);
    expect((await detail(house.admin, wire.call.id)).call.state).toBe('ending');
    house.carrier.release();
    const ended = await reaches(house, wire.call.id, 'ended');
    expect(ended).toMatchObject({ outcome: 'cancelled', endReason: 'agent_hung_up' });
    expect(wire.customer.status).toBe('canceled');
  });

  test('says that ending a leg does not fit: it is looked at and ended all the same', async () => {
    const wire = await startCall(house);
    await wire.connect();
    house.carrier.conflicts = 2;
    await house.admin.post(`/api/calls/${wire.call.id}/hangup`);
    await reaches(house, wire.call.id, 'ended');
    expect([wire.agent?.status, wire.customer.status]).toEqual(['completed', 'completed']);
  });
});

describe('nobody tells us', () => {
  test('that the agent is in the room, nor anything else: looking finds it out', async () => {
    const wire = await startCall(house);
    await wire.agentAsks();
    const { carrier, platform, admin } = house;
    const room = carrier.addRoom(wire.call.id);
    wire.room = room;
    room.inside.add(wire.agent?.sid ?? '');
    // The join was never told; the deadline looks before it judges.
    await deadlineComes(platform, wire.call.id, 'agent_join');
    const leg = await wire.dialled();
    leg.status = 'in-progress';
    leg.start = new Date();
    room.inside.add(leg.sid);
    await deadlineComes(platform, wire.call.id, 'ring');
    await reaches(house, wire.call.id, 'connected');

    // The customer hangs up; all of that is lost too.
    leg.status = 'completed';
    leg.end = new Date();
    room.status = 'completed';
    room.reason = 'participant-with-end-conference-on-exit-left';
    room.endedBy = leg.sid;
    await deadlineComes(platform, wire.call.id, 'life');
    const ended = await reaches(house, wire.call.id, 'ended');
    expect(ended).toMatchObject({
      outcome: 'completed',
      endedBy: 'customer',
      endReason: 'customer_hung_up',
    });
    expect((await detail(admin, wire.call.id)).events.map(({ kind }) => kind)).toContain(
      'call.connected',
    );
  });

  test('who hung up: after a moment the likeliest is taken', async () => {
    const wire = await startCall(house);
    await wire.connect();
    await wire.customerIs('completed');
    await deadlineComes(house.platform, wire.call.id, 'explain');
    const ended = await reaches(house, wire.call.id, 'ended');
    expect(ended).toMatchObject({ endedBy: 'customer', endReason: 'customer_hung_up' });
  });

  test('that the agent’s phone never connected: the deadline ends the call', async () => {
    const wire = await startCall(house);
    await deadlineComes(house.platform, wire.call.id, 'agent_join');
    const ended = await reaches(house, wire.call.id, 'ended');
    expect(ended).toMatchObject({ outcome: 'failed', endReason: 'agent_never_joined' });
    expect(house.carrier.dials).toHaveLength(0);
    // Too late: the phone that asks now is sent away.
    expect(await wire.agentAsks()).toContain('<Hangup/>');
  });
});

test('PostgreSQL cuts every connection in mid-call: the call goes on, and so does the live stream', async () => {
  const { platform } = house;
  const wire = await startCall(house);
  await wire.connectAgent();
  await wire.dialled();
  const live = await Live.open(house.admin);
  await sql`select pg_terminate_backend(pid) from pg_stat_activity
    where datname = current_database() and pid <> pg_backend_pid()`.execute(platform.database.db);
  // Said on a cut connection it is answered with an error, and the carrier says it again.
  await wire.customerIs('ringing');
  await reaches(house, wire.call.id, 'ringing');
  await wire.customerIs('in-progress');
  await wire.customerEnters();
  await live.until(wire.call.id, ({ state }) => state === 'connected');
  await house.admin.post(`/api/calls/${wire.call.id}/hangup`);
  await reaches(house, wire.call.id, 'ended');
  expect([wire.agent?.status, wire.customer.status]).toEqual(['completed', 'completed']);
  live.close();
});
