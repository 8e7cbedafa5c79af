import { execFileSync } from 'node:child_process';
import { afterEach, describe, expect, it } from 'vitest';
import { CUSTOMER_HZ, House } from './support/house.ts';

let house: House;
afterEach(() => house.close());

const ADA = '+447700900001';

function mediaProcesses(engine: number): number[] {
  const children = execFileSync('ps', ['-o', 'pid=,args=', '--ppid', String(engine)]).toString();
  return children
    .split('\n')
    .filter((line) => line.includes('media/main.ts'))
    .map((line) => Number(line.trim().split(' ')[0]));
}

const recorded = (status: string) =>
  house.application.next(
    ({ path, fields }) => path === '/recording' && fields.RecordingStatus === status,
  );

describe('a loss', () => {
  it('of the media process ends its calls, keeps the recording, and goes on', async () => {
    house = await House.open();
    const { leg, conferenceSid } = await house.agentInRoom();
    await house.customer(conferenceSid, ADA);
    await leg.hears(CUSTOMER_HZ);
    const [running] = await house.client.recordings.list({ conferenceSid });
    await house.records(running?.sid ?? '', 1_000);
    const [media] = mediaProcesses(house.engine.pid);
    process.kill(media ?? 0, 'SIGKILL');
    await leg.ended;
    await house.leg('completed');
    await house.news('conference-end');
    expect(Number((await recorded('completed')).fields.RecordingDuration)).toBeGreaterThan(0);
    const again = await house.agentInRoom('call_2');
    await house.customer(again.conferenceSid, ADA);
    await again.leg.hears(CUSTOMER_HZ);
  });

  it('of the engine: the next start closes what was open and tells the application', async () => {
    house = await House.open();
    const { leg, conferenceSid } = await house.agentInRoom();
    const { callSid } = await house.customer(conferenceSid, ADA);
    await leg.hears(CUSTOMER_HZ);
    const [running] = await house.client.recordings.list({ conferenceSid });
    await house.records(running?.sid ?? '', 1_500);
    await house.engine.stop('SIGKILL');
    await house.start();
    expect((await house.leg('completed')).fields.CallSid).toBe(callSid);
    await house.news('conference-end');
    const { fields } = await recorded('completed');
    expect(Number(fields.RecordingDuration)).toBeGreaterThanOrEqual(1);
    expect((await house.client.calls(callSid).fetch()).status).toBe('completed');
    expect((await house.client.conferences(conferenceSid).fetch()).status).toBe('completed');
    const list = await house.client.recordings.list({ conferenceSid });
    expect(list.map(({ status }) => status)).toEqual(['completed']);
  });

  it('of the engine by an order to stop: everything is told before it goes', async () => {
    house = await House.open();
    const { leg, conferenceSid } = await house.agentInRoom();
    await house.customer(conferenceSid, ADA);
    // What is heard is recorded: there is something to deliver.
    await leg.hears(CUSTOMER_HZ);
    await house.leg('in-progress');
    // A recording without a moment of sound would be absent.
    await leg.hears(CUSTOMER_HZ);
    await house.engine.stop('SIGTERM');
    await house.leg('completed');
    await house.news('conference-end');
    await recorded('completed');
  });

  it('of disk space ends the recording and not the call', async () => {
    house = await House.open({ ENGINE_MIN_FREE_MB: '1000000000' });
    const { leg, conferenceSid } = await house.agentInRoom();
    await house.customer(conferenceSid, ADA);
    expect((await recorded('failed')).fields.ErrorCode).toBe('64507');
    await leg.hears(CUSTOMER_HZ);
    leg.hangup();
    await house.leg('completed');
    const [recording] = await house.client.recordings.list({ conferenceSid });
    expect(recording).toMatchObject({ status: 'absent', errorCode: 64507 });
  });

  it('of the application for a moment: callbacks that ask for it are repeated, in order', async () => {
    house = await House.open();
    const { leg, conferenceSid } = await house.agentInRoom();
    let refusals = 2;
    house.application.on('/conference', () => (refusals-- > 0 ? { status: 500 } : null));
    await house.customer(conferenceSid, ADA);
    await leg.hears(CUSTOMER_HZ);
    leg.hangup();
    await house.news('conference-end');
    const told = house.application.at('/conference').map(({ fields }) => fields.SequenceNumber);
    expect(told).toEqual(['1', '2', '2', '2', '3', '4', '5', '6']);
    const tokens = house.application
      .at('/conference')
      .slice(1, 4)
      .map(({ headers }) => headers['i-twilio-idempotency-token']);
    expect(new Set(tokens).size).toBe(1);
    expect(house.application.asked.every(({ signed }) => signed)).toBe(true);
  });
});
