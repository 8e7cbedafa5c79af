import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ACCOUNT, CUSTOMER_HZ, House } from './support/house.ts';

let house: House;
beforeAll(async () => {
  house = await House.open();
  house.application.on('/after', '<Response><Hangup/></Response>');
});
afterAll(() => house.close());

const WAIT_HZ = 300;
/** Ringing is 400 and 450 Hz. */
const RINGING_HZ = [400, 450];

async function callTo(twiml: string) {
  house.application.on('/voice', `<Response>${twiml}</Response>`);
  return (await house.robot()).call();
}

const asked = (path: string, sid: string | null) =>
  house.application.next((one) => one.path === path && one.fields.CallSid === sid);

/** The calls that this one has made, as REST tells it. */
const childrenOf = (sid: string | null) => house.client.calls.list({ parentCallSid: sid ?? '' });

describe('<Dial>', () => {
  it('rings several at once; the first to answer has the call, the others stop ringing', async () => {
    const phone = await house.robot('demo_phone');
    const call = await callTo(
      '<Dial action="/after"><Client>demo_phone</Client><Number>+447700900003</Number></Dial>',
    );
    const ringing = await phone.incoming();
    await Promise.race(RINGING_HZ.map((hz) => call.hears(hz)));
    await ringing.answer();
    ringing.sendTone(850);
    call.sendTone(440);
    await Promise.all([call.hears(850), ringing.hears(440)]);
    const children = await childrenOf(call.sid);
    expect(children.map(({ to, status }) => [to, status]).sort()).toEqual([
      ['+447700900003', 'canceled'],
      ['client:demo_phone', 'in-progress'],
    ]);
    ringing.hangup();
    const { fields } = await asked('/after', call.sid);
    expect(fields).toMatchObject({
      DialCallStatus: 'completed',
      DialBridged: 'true',
      DialCallSid: ringing.sid,
      CallStatus: 'in-progress',
    });
    await call.ended;
  });

  it.each([
    ['+447700900002', 'busy'],
    ['+447700900006', 'failed'],
    ['+447700900003', 'no-answer'],
    ['client:nobody', 'no-answer'],
  ])('%s: tells that it was %s', async (to, status) => {
    const noun = to.startsWith('client:')
      ? `<Client>${to.slice(7)}</Client>`
      : `<Number>${to}</Number>`;
    const call = await callTo(`<Dial timeout="2" action="/after">${noun}</Dial>`);
    await call.ended;
    const { fields } = await asked('/after', call.sid);
    expect(fields).toMatchObject({ DialCallStatus: status, DialBridged: 'false' });
  });

  it('answers the caller only when somebody is there, if it is asked to', async () => {
    const phone = await house.robot('demo_phone');
    const call = await callTo('<Dial answerOnBridge="true"><Client>demo_phone</Client></Dial>');
    const ringing = await phone.incoming();
    const [sid] = house.application.at('/voice').slice(-1);
    const caller = house.client.calls(sid?.fields.CallSid ?? '');
    expect((await caller.fetch()).status).toBe('ringing');
    await ringing.answer();
    await call.answered;
    ringing.sendTone(850);
    await call.hears(850);
    call.hangup();
    await ringing.ended;
  });

  it('presses keys to who answers before the two hear each other', async () => {
    const phone = await house.robot('demo_phone');
    const call = await callTo('<Dial><Number sendDigits="1w#2">+447700900008</Number></Dial>');
    call.sendTone(440);
    const ringing = await phone.incoming();
    await ringing.answer();
    await ringing.hears(440);
    expect(ringing.media.heardKeys).toBe('1#2');
    ringing.hangup();
    await call.ended;
  });

  it('whispers to who answers before the two hear each other', async () => {
    house.application.on('/whisper', '<Response><Play>/wait.wav</Play></Response>');
    const phone = await house.robot('demo_phone');
    const call = await callTo('<Dial><Client url="/whisper">demo_phone</Client></Dial>');
    call.sendTone(440);
    const ringing = await phone.incoming();
    await ringing.answer();
    await ringing.hears(WAIT_HZ);
    expect(call.heardTone().hz).not.toBe(WAIT_HZ);
    const { fields } = await house.application.next(({ path }) => path === '/whisper');
    expect(fields).toMatchObject({ ParentCallSid: call.sid, CallStatus: 'in-progress' });
    await ringing.hears(440);
    ringing.hangup();
    await call.ended;
  });

  it('lets a whisper refuse the call', async () => {
    house.application.on('/screen', '<Response><Hangup/></Response>');
    const phone = await house.robot('demo_phone');
    const call = await callTo(
      '<Dial action="/after"><Client url="/screen">demo_phone</Client></Dial>',
    );
    const ringing = await phone.incoming();
    await ringing.answer();
    await ringing.ended;
    const { fields } = await asked('/after', call.sid);
    expect(fields.DialBridged).toBe('false');
  });

  it('ends the other call at * and goes on, and at its time limit', async () => {
    const call = await callTo(
      '<Dial hangupOnStar="true" action="/next"><Number>+447700900001</Number></Dial>',
    );
    house.application.on('/next', '<Response><Play loop="0">/wait.wav</Play></Response>');
    await call.hears(CUSTOMER_HZ);
    await call.sendDigits('*');
    await call.hears(WAIT_HZ);
    expect((await childrenOf(call.sid))[0]?.status).toBe('completed');
    call.hangup();
    const short = await callTo('<Dial timeLimit="1" action="/after">+447700900001</Dial>');
    await short.hears(CUSTOMER_HZ);
    const { fields } = await asked('/after', short.sid);
    expect(fields).toMatchObject({ DialCallStatus: 'completed', DialCallDuration: '1' });
  });

  it('tells the application how it went when the caller hangs up, and calls from callerId', async () => {
    const callback = 'statusCallback="/child" statusCallbackEvent="initiated answered completed"';
    const call = await callTo(
      `<Dial callerId="+442079460001" action="/after"><Number ${callback}>+447700900001</Number></Dial>`,
    );
    await call.hears(CUSTOMER_HZ);
    call.hangup();
    const { fields } = await asked('/after', call.sid);
    expect(fields).toMatchObject({ DialCallStatus: 'completed', CallStatus: 'completed' });
    const last = await house.application.next(
      (one) => one.path === '/child' && one.fields.CallStatus === 'completed',
    );
    expect(last.fields).toMatchObject({ From: '+442079460001', ParentCallSid: call.sid });
  });

  it('leaves the caller to its next verb when the other is sent elsewhere over REST', async () => {
    house.application.on('/else', '<Response><Play loop="0">/hold.wav</Play></Response>');
    const phone = await house.robot('demo_phone');
    const call = await callTo(
      '<Dial><Client>demo_phone</Client></Dial><Play loop="0">/wait.wav</Play>',
    );
    const ringing = await phone.incoming();
    await ringing.answer();
    ringing.sendTone(850);
    await call.hears(850);
    await house.client.calls(ringing.sid ?? '').update({ url: `${house.application.url}/else` });
    await ringing.hears(500);
    await call.hears(WAIT_HZ);
    call.hangup();
    ringing.hangup();
    await call.ended;
  });
});

describe('<Enqueue> and <Dial><Queue>', () => {
  it('keeps a caller with music until somebody comes, and tells how it went', async () => {
    house.application.on('/wait-here', '<Response><Play>/wait.wav</Play></Response>');
    house.application.on('/enqueued', '<Response><Play loop="0">/hold.wav</Play></Response>');
    const waiting = await callTo(
      '<Enqueue waitUrl="/wait-here" action="/enqueued">support</Enqueue>',
    );
    await waiting.hears(WAIT_HZ);
    const { fields } = await asked('/wait-here', waiting.sid);
    expect(fields).toMatchObject({ QueuePosition: '1', CurrentQueueSize: '1' });
    expect(fields.QueueSid).toMatch(/^QU[0-9a-f]{32}$/);
    const agent = await callTo('<Dial action="/after"><Queue>support</Queue></Dial>');
    waiting.sendTone(440);
    agent.sendTone(850);
    await Promise.all([waiting.hears(850), agent.hears(440)]);
    agent.hangup();
    const told = await asked('/enqueued', waiting.sid);
    expect(told.fields).toMatchObject({ QueueResult: 'bridged', QueueSid: fields.QueueSid });
    await waiting.hears(500);
    waiting.hangup();
    await waiting.ended;
  });

  it('hands the next caller to an agent who waits, and ends with the caller', async () => {
    const agent = await callTo('<Dial action="/after"><Queue>later</Queue></Dial>');
    await agent.hearsAnything();
    const caller = await callTo('<Enqueue>later</Enqueue>');
    caller.sendTone(440);
    await agent.hears(440);
    caller.hangup();
    expect((await asked('/after', agent.sid)).fields).toMatchObject({
      DialCallStatus: 'completed',
      DialCallSid: caller.sid,
    });
  });

  it('lets a caller leave, and turns away whom it has no room for', async () => {
    house.application.on(
      '/impatient',
      '<Response><Gather numDigits="1" timeout="10" action="/leave"/></Response>',
    );
    house.application.on('/leave', '<Response><Leave/></Response>');
    house.application.on('/enqueued', '<Response><Hangup/></Response>');
    const first = await callTo('<Enqueue waitUrl="/impatient" action="/enqueued">one</Enqueue>');
    await first.hearsAnything();
    await asked('/impatient', first.sid);
    const second = await callTo('<Enqueue maxQueueSize="1" action="/enqueued">one</Enqueue>');
    const full = await asked('/enqueued', second.sid ?? (await sidOf(second)));
    expect(full.fields.QueueResult).toBe('queue-full');
    await first.sendDigits('1');
    expect((await asked('/enqueued', first.sid)).fields.QueueResult).toBe('leave');
    await first.ended;
  });

  async function sidOf(call: Awaited<ReturnType<typeof callTo>>) {
    await call.answered;
    return call.sid;
  }
});

describe('what goes wrong', () => {
  const notes = (sid: string) => house.client.calls(sid).notifications.list();

  it.each([
    ['is no TwiML', '/page', 12100],
    ['is not there', '/gone', 11200],
    ['redirects for ever over HTTP', '/circle', 11215],
    ['sends the call round for ever', '/again', 12200],
    ['answers what nobody reads', '/json', 12300],
  ])('%s: the caller is told, the call ends and the code is kept', async (_, path, code) => {
    house.application.on('/page', { status: 200, type: 'text/html', body: '<p>Hello<br></p>' });
    house.application.on('/gone', { status: 404 });
    house.application.on('/circle', { status: 302, location: '/circle' });
    house.application.on('/again', '<Response><Redirect>/again</Redirect></Response>');
    house.application.on('/json', { status: 200, type: 'application/json', body: '{}' });
    const phone = await house.robot('demo_phone');
    const placed = await house.client.calls.create({
      to: 'client:demo_phone',
      from: ACCOUNT.TWILIO_CALLER_ID,
      url: `${house.application.url}${path}`,
    });
    const call = await phone.incoming();
    await call.answer();
    await call.ended;
    // "We are sorry. An application error has occurred."
    expect(call.heard(5_000).samples.some((sample) => Math.abs(sample) > 0.1)).toBe(true);
    expect((await house.client.calls(placed.sid).fetch()).status).toBe('completed');
    const [note] = await notes(placed.sid);
    expect(note).toMatchObject({ callSid: placed.sid, errorCode: String(code), log: '0' });
    const whole = await house.client
      .calls(placed.sid)
      .notifications(note?.sid ?? '')
      .fetch();
    expect(whole.requestUrl).toContain(path);
    expect(new URLSearchParams(whole.requestVariables ?? '').get('CallSid')).toBe(placed.sid);
    const all = await house.client.notifications.list({ log: 0 });
    expect(all.map(({ sid }) => sid)).toContain(note?.sid);
  });

  it('asks the fallback, which learns why', async () => {
    house.application.on('/fallback', '<Response><Hangup/></Response>');
    const url = `${house.application.url}/gone`;
    const placed = await house.client.calls.create({
      to: '+447700900001',
      from: ACCOUNT.TWILIO_CALLER_ID,
      url,
      fallbackUrl: `${house.application.url}/fallback`,
    });
    const { fields } = await asked('/fallback', placed.sid);
    expect(fields).toMatchObject({ ErrorCode: '11200', ErrorUrl: url });
    expect(await notes(placed.sid)).toMatchObject([{ errorCode: '11200', requestUrl: url }]);
  });

  it('keeps cookies for as long as the call lives', async () => {
    house.application.on('/voice', {
      status: 200,
      type: 'text/xml',
      body: '<Response><Redirect>/with-cookie</Redirect></Response>',
      headers: { 'set-cookie': 'step=1; Path=/' },
    });
    house.application.on('/with-cookie', '<Response><Reject/></Response>');
    await (
      await (await house.robot()).call()
    ).ended;
    const { headers } = await house.application.next(({ path }) => path === '/with-cookie');
    expect(headers.cookie).toBe('step=1');
  });
});
