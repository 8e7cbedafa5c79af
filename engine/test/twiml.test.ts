import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { connectRobot } from '../../test/support/robot-phone.ts';
import { CUSTOMER_HZ, House } from './support/house.ts';

let house: House;
beforeAll(async () => {
  house = await House.open();
});
afterAll(() => house.close());

describe('TwiML for a browser’s call', () => {
  it.each([
    ['is no XML', 'hello', 12100],
    ['has another root', '<Hello/>', 12102],
    ['declares entities', '<!DOCTYPE x [<!ENTITY a "b">]><Response>&a;</Response>', 12100],
    ['has an unknown verb', '<Response><Dance/></Response>', 12200],
    ['wants to be spoken to', '<Response><Gather input="speech"/></Response>', 13326],
    ['knows no such voice', '<Response><Say voice="Polly.Nobody">Hello</Say></Response>', 13511],
    ['dials no SIP address', '<Response><Dial><Sip>sip:@</Sip></Dial></Response>', 13243],
    [
      'has an unknown attribute',
      '<Response><Dial><Conference mood="x">a</Conference></Dial></Response>',
      12200,
    ],
    ['waits too long', '<Response><Dial timeout="999">+447700900001</Dial></Response>', 13212],
    ['has no caller ID', '<Response><Dial callerId="me!">+447700900001</Dial></Response>', 13214],
    [
      'has half a credential',
      '<Response><Dial><Sip username="ada">sip:ada@127.0.0.1</Sip></Dial></Response>',
      13249,
    ],
    ['dials a place', '<Response><Dial><Place>here</Place></Dial></Response>', 13215],
    ['sends what are no keys', '<Response><Play digits="1x"/></Response>', 13430],
    ['nests a menu', '<Response><Gather><Gather/></Gather></Response>', 13320],
    ['redirects nowhere', '<Response><Redirect/></Response>', 11100],
    ['plays no sound', '<Response><Play>/page</Play></Response>', 13420],
    ['plays what is not there', '<Response><Play>/gone.wav</Play></Response>', 11200],
  ] as const)('that %s ends the call with its code', async (_, twiml, code) => {
    house.application.on('/page', { status: 200, type: 'audio/wav', body: 'no sound' });
    house.application.on('/gone.wav', { status: 404 });
    house.application.on('/voice', twiml);
    const robot = await house.robot();
    const call = await robot.call();
    const { error } = await call.ended;
    expect(error?.code).toBe(code);
  });

  it.each([
    [
      '<Record transcribe="true"/>',
      '<Record> attribute transcribe: only "false" is supported',
      13614,
    ],
    [
      '<Reject><Parameter name="why" value="busy"/></Reject>',
      '<Reject><Parameter> is not supported',
    ],
    [
      '<Dial>+447700900001<Client>ada</Client></Dial>',
      '<Dial> has the text +447700900001 beside <Client>',
    ],
    [
      '<Dial><Client><Identity>ada</Identity><Parameter name="ticket"/></Client></Dial>',
      '<Parameter> attribute value: is missing',
    ],
  ])('%s is refused in words', async (verb, message, code = 12200) => {
    house.application.on('/voice', `<Response>${verb}</Response>`);
    const call = await (await house.robot()).call();
    expect((await call.ended).error).toEqual({ code, message });
  });

  it('that asks for news of who speaks is refused by name', async () => {
    const news = 'statusCallback="/news" statusCallbackEvent="join speaker"';
    house.application.on(
      '/voice',
      `<Response><Dial><Conference ${news}>a</Conference></Dial></Response>`,
    );
    const { error } = await (await (await house.robot()).call()).ended;
    expect(error).toMatchObject({
      code: 12200,
      message: expect.stringMatching(/statusCallbackEvent.*speaker/) as string,
    });
  });

  it.each([
    ['fails', { status: 500 }, 11200],
    ['is no XML by its type', { status: 200, type: 'application/json', body: '{}' }, 12300],
  ] as const)('that %s ends the call with its code', async (_, answer, code) => {
    house.application.on('/voice', answer);
    const call = await (await house.robot()).call();
    expect((await call.ended).error?.code).toBe(code);
  });

  it('rejects, redirects and plays', async () => {
    const robot = await house.robot();
    house.application.on('/voice', '<Response><Reject reason="busy"/></Response>');
    expect((await (await robot.call()).ended).error?.code).toBe(31486);
    house.application.on('/voice', '<Response><Redirect>/two?a=1&amp;b=2</Redirect></Response>');
    house.application.on('/two', '<Response><Play loop="0">/wait.wav</Play></Response>');
    const call = await robot.call({ To: '+447700900001', note: 'a & b' });
    await call.hears(300);
    expect(house.application.at('/two')[0]).toMatchObject({
      signed: true,
      fields: { note: 'a & b', To: '+447700900001', CallStatus: 'ringing' },
    });
    call.hangup();
    await call.ended;
  });

  it('dials a number and goes on with its action', async () => {
    house.application.on(
      '/voice',
      '<Response><Dial action="/after"><Number>+447700900004</Number></Dial></Response>',
    );
    house.application.on('/after', '<Response><Hangup/></Response>');
    const call = await (await house.robot()).call();
    const after = await house.application.next(({ path }) => path === '/after');
    expect(after.fields.DialCallStatus).toBe('completed');
    await call.ended;
    house.application.on('/voice', '<Response><Dial>+447700900001</Dial></Response>');
    const second = await (await house.robot()).call();
    await second.hears(CUSTOMER_HZ);
    second.hangup();
  });

  it('presses keys towards the other side of a room', async () => {
    const phone = await house.robot('demo_phone');
    const { leg, conferenceSid } = await house.agentInRoom('call_keys');
    await house.customer(conferenceSid, '+447700900008');
    const customer = await phone.incoming();
    await customer.answer();
    await customer.hears(null);
    const pressing = leg.sendDigits('5');
    // Key 5 is 770 and 1336 Hz (ITU-T Q.23).
    await Promise.race([customer.hears(770), customer.hears(1336)]);
    await pressing;
    customer.hangup();
    await leg.ended;
  });
});

describe('an access token', () => {
  it('that is wrong or too old is told to the SDK, and the socket stays open', async () => {
    const { signalUrl } = house;
    const wrong = connectRobot({ signalUrl, token: `${house.token('agent_ada')}x` });
    await expect(wrong).rejects.toThrow('20101');
    const old = connectRobot({ signalUrl, token: house.token('agent_ada', -10) });
    await expect(old).rejects.toThrow('20104');
  });

  it('that runs out stops new calls and not the one that runs', async () => {
    house.application.on('/voice', '<Response><Play loop="0">/wait.wav</Play></Response>');
    const robot = await connectRobot({
      signalUrl: house.signalUrl,
      token: house.token('agent_ada', 2),
    });
    const first = await robot.call();
    await first.hears(300);
    await new Promise((resolve) => setTimeout(resolve, 2_200));
    const second = await robot.call();
    expect((await second.ended).error?.code).toBe(20104);
    await first.hears(300);
    first.hangup();
    await first.ended;
    robot.close();
  });
});
