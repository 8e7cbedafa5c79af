import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ACCOUNT, House } from './support/house.ts';

let house: House;
beforeAll(async () => {
  house = await House.open();
});
afterAll(() => house.close());

const from = ACCOUNT.TWILIO_CALLER_ID;
const MUSIC_HZ = 300;
const ELSEWHERE_HZ = 500;

async function waitsIn(name: string, more = '') {
  const twiml = `<Response><Enqueue waitUrl="/wait" ${more}>${name}</Enqueue></Response>`;
  house.application.on('/voice', twiml);
  const call = await (await house.robot()).call();
  await call.hears(MUSIC_HZ);
  return call;
}

describe('a queue', () => {
  it('is made, changed, kept over a restart and deleted', async () => {
    const made = await house.client.queues.create({ friendlyName: 'support', maxSize: 3 });
    expect(made).toMatchObject({ friendlyName: 'support', maxSize: 3, currentSize: 0 });
    const again = house.client.queues.create({ friendlyName: 'support' });
    await expect(again).rejects.toMatchObject({ status: 400 });
    await house.client.queues(made.sid).update({ friendlyName: 'sales' });
    await house.engine.stop();
    await house.start();
    const [kept] = await house.client.queues.list();
    expect(kept).toMatchObject({ sid: made.sid, friendlyName: 'sales', maxSize: 3 });
    await house.client.queues(made.sid).remove();
    const gone = house.client.queues(made.sid).fetch();
    await expect(gone).rejects.toMatchObject({ status: 404, code: 20404 });
  });

  it('shows who waits, and sends whoever is first elsewhere', async () => {
    const first = await waitsIn('line');
    const second = await waitsIn('line');
    const [queue] = await house.client.queues.list();
    expect(queue).toMatchObject({ friendlyName: 'line', currentSize: 2 });
    const line = house.client.queues(queue?.sid ?? '');
    const { members } = line;
    const waiting = await members.list();
    expect(waiting.map(({ callSid, position }) => [callSid, position])).toEqual([
      [first.sid, 1],
      [second.sid, 2],
    ]);
    await expect(line.remove()).rejects.toMatchObject({ status: 400 });
    const body = '<Response><Play loop="0">/hold.wav</Play></Response>';
    house.application.on('/elsewhere', body);
    const url = `${house.application.url}/elsewhere`;
    expect((await members('Front').update({ url })).callSid).toBe(first.sid);
    await first.hears(ELSEWHERE_HZ);
    expect((await members(second.sid ?? '').fetch()).position).toBe(1);
    const gone = members(first.sid ?? '').fetch();
    await expect(gone).rejects.toMatchObject({ status: 404 });
    second.hangup();
    await expect.poll(() => members.list()).toEqual([]);
    first.hangup();
    await first.ended;
  });

  it('counts how long somebody waited, and not how long they talked', async () => {
    house.application.on('/over', '<Response><Hangup/></Response>');
    house.application.on('/whisper', '<Response/>');
    const waiter = await waitsIn('counted', 'action="/over"');
    house.application.on(
      '/voice',
      '<Response><Dial><Queue url="/whisper">counted</Queue></Dial></Response>',
    );
    const agent = await (await house.robot()).call();
    waiter.sendTone(440);
    await agent.hears(440);
    await agent.hearsFor(1_500);
    agent.hangup();
    const asked = async (at: string) =>
      (await house.application.next(({ path }) => path === at)).fields;
    const { QueueTime, DequeingCallSid } = await asked('/whisper');
    expect(DequeingCallSid).toBe(agent.sid);
    expect(QueueTime).toMatch(/^\d+$/);
    expect(await asked('/over')).toMatchObject({ QueueResult: 'bridged', QueueTime });
  });

  it('turns away whom it has no room for', async () => {
    await house.client.queues.create({ friendlyName: 'narrow', maxSize: 1 });
    const first = await waitsIn('narrow');
    house.application.on('/enqueued', '<Response><Hangup/></Response>');
    const url = `${house.application.url}/enqueued`;
    await house.client.calls.create({
      ...{ to: '+447700900001', from },
      twiml: `<Response><Enqueue action="${url}">narrow</Enqueue></Response>`,
    });
    const { fields } = await house.application.next(({ path }) => path === '/enqueued');
    expect(fields).toMatchObject({ QueueResult: 'queue-full' });
    // It was in no queue, and for no time.
    expect(fields).not.toHaveProperty('QueueSid');
    expect(fields).not.toHaveProperty('QueueTime');
    const { fields: heard } = await house.application.next(
      ({ path, fields: { CallSid } }) => path === '/wait' && CallSid === first.sid,
    );
    expect(heard).toMatchObject({ QueuePosition: '1', CurrentQueueSize: '1', MaxQueueSize: '1' });
    first.hangup();
  });
});
