import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { decodeMp3, powerAt, type Sound } from '../../test/support/tones.ts';
import { Gathering, hearsOnly } from './support/gathering.ts';
import { ACCOUNT, CUSTOMER_HZ, House } from './support/house.ts';

const ADA = '+447700900001';
const AGENT = 440;
const BOSS = 620;
const CALLER = 1300;
/** The test application's /hold and /wait, and the engine's own beep. */
const HOLD = 500;
const WAIT = 300;
const BEEP = 1000;

let house: House;
beforeAll(async () => {
  house = await House.open();
});
afterAll(() => house.close());

function conference(sid: string) {
  return house.client.conferences(sid);
}

async function stereo(recordingSid: string): Promise<Sound[]> {
  const { TWILIO_ACCOUNT_SID: account, TWILIO_AUTH_TOKEN: token } = ACCOUNT;
  const basic = Buffer.from(`${account}:${token}`).toString('base64');
  const url = `${house.url}/2010-04-01/Accounts/${account}/Recordings/${recordingSid}.mp3?RequestedChannels=2`;
  const reply = await fetch(url, { headers: { authorization: `Basic ${basic}` } });
  return decodeMp3(new Uint8Array(await reply.arrayBuffer()));
}

describe('a conference starts', () => {
  it('when a second is there and one of them may start it; before that each hears its wait music', async () => {
    const room = new Gathering(house, 'starts');
    const first = await room.join('one', AGENT, 'startConferenceOnEnter="false"');
    await hearsOnly(first, [WAIT], [AGENT]);
    const second = await room.join('two', CALLER, 'startConferenceOnEnter="false"');
    await hearsOnly(second, [WAIT], [AGENT]);
    const sid = await room.sid();
    expect((await conference(sid).fetch()).status).toBe('init');
    const third = await room.join('three', BOSS);
    await hearsOnly(first, [CALLER, BOSS], [WAIT, AGENT]);
    await hearsOnly(third, [AGENT, CALLER], [WAIT]);
    expect((await room.news('conference-start')).fields.SequenceNumber).toBe('4');
    await conference(sid).update({ status: 'completed' });
    // The application goes on with its next verb.
    await hearsOnly(second, [HOLD], [AGENT, BOSS]);
  });

  it('with other wait music, changed while waiting', async () => {
    const room = new Gathering(house, 'waits');
    const one = await room.join('one', null);
    await hearsOnly(one, [WAIT], [HOLD]);
    const waitUrl = `${house.application.url}/hold`;
    await conference(await room.sid())
      .participants('one')
      .update({ waitUrl });
    await hearsOnly(one, [HOLD], [WAIT]);
    one.hangup();
    const { fields } = await room.news('conference-end');
    expect(fields.ReasonConferenceEnded).toBe('last-participant-left');
  });
});

describe('hold', () => {
  it('isolates: the held hear music only, the room hears nothing of them', async () => {
    const room = new Gathering(house, 'holds');
    const agent = await room.join('agent', AGENT);
    const caller = await room.join('caller', CALLER);
    const boss = await room.join('boss', BOSS);
    await hearsOnly(agent, [CALLER, BOSS], []);
    const { participants } = conference(await room.sid());
    const holdUrl = `${house.application.url}/hold`;
    await participants('caller').update({ hold: true, holdUrl });
    await hearsOnly(caller, [HOLD], [AGENT, BOSS, CALLER]);
    await hearsOnly(agent, [BOSS], [CALLER, HOLD]);
    await hearsOnly(boss, [AGENT], [CALLER, HOLD]);
    await participants('caller').update({ hold: false });
    await hearsOnly(caller, [AGENT, BOSS], [HOLD]);
    await hearsOnly(boss, [AGENT, CALLER], [HOLD]);
    await conference(await room.sid()).update({ status: 'completed' });
  });
});

describe('a coach', () => {
  it('is heard by one only: not by the customer, not by the recording', async () => {
    const room = new Gathering(house, 'coaches', 'beep="false" record="record-from-start"');
    const agent = await room.join('agent', AGENT);
    const caller = await room.join('caller', CALLER);
    const boss = await room.join('boss', BOSS, `coach="${agent.sid}"`);
    await hearsOnly(agent, [CALLER, BOSS], []);
    await hearsOnly(caller, [AGENT], [BOSS]);
    await hearsOnly(boss, [AGENT, CALLER], []);
    const sid = await room.sid();
    const [shown] = await conference(sid).participants.list({ coaching: true });
    expect(shown).toMatchObject({ label: 'boss', coaching: true, callSidToCoach: agent.sid });
    // Whom it coaches leaves: it is heard by nobody.
    await conference(sid).participants('agent').remove();
    await hearsOnly(caller, [], [BOSS, AGENT]);
    const [recording] = await conference(sid).recordings.list();
    await conference(sid).update({ status: 'completed' });
    await room.news('conference-end');
    await expect
      .poll(async () => (await house.client.recordings(recording?.sid ?? '').fetch()).status, {
        timeout: 10_000,
      })
      .toBe('completed');
    const [left, right] = await stereo(recording?.sid ?? '');
    const db = (hz: number, sound?: Sound) => 10 * Math.log10(powerAt(hz, sound!) + 1e-9);
    expect(db(AGENT, left) - db(BOSS, left)).toBeGreaterThan(30);
    expect(db(CALLER, right) - db(BOSS, right)).toBeGreaterThan(30);
  });

  it('may be heard by all when it is no coach any more, and must coach somebody who is there', async () => {
    const room = new Gathering(house, 'barges');
    const agent = await room.join('agent', AGENT);
    const caller = await room.join('caller', CALLER);
    const boss = await room.join('boss', BOSS);
    const { participants } = conference(await room.sid());
    await hearsOnly(caller, [AGENT, BOSS], []);
    await participants('boss').update({ coaching: true, callSidToCoach: agent.sid! });
    await hearsOnly(caller, [AGENT], [BOSS]);
    await hearsOnly(agent, [CALLER, BOSS], []);
    await participants('boss').update({ coaching: false });
    await hearsOnly(caller, [AGENT, BOSS], []);
    expect((await room.news('participant-modify')).fields.Coaching).toBe('true');
    const nobody = participants('boss').update({ callSidToCoach: `CA${'0'.repeat(32)}` });
    await expect(nobody).rejects.toMatchObject({ status: 400, code: 16028 });
    await expect(participants('boss').update({ coaching: true })).rejects.toMatchObject({
      code: 20001,
    });
    await participants('agent').update({ hold: true });
    const held = participants('boss').update({ callSidToCoach: agent.sid! });
    await expect(held).rejects.toMatchObject({ code: 16027 });
    boss.hangup();
    caller.hangup();
    agent.hangup();
    await room.news('conference-end');
  });
});

describe('a sound in place of TwiML', () => {
  it('is waited with, held with and announced', async () => {
    const { url } = house.application;
    const room = new Gathering(house, 'bare');
    const one = await room.join('one', AGENT);
    await hearsOnly(one, [WAIT], [HOLD]);
    const { participants } = conference(await room.sid());
    await participants('one').update({ waitUrl: `${url}/hold.wav`, waitMethod: 'GET' });
    await hearsOnly(one, [HOLD], [WAIT]);
    const two = await room.join('two', CALLER);
    await hearsOnly(one, [CALLER], [HOLD]);
    await participants('one').update({ hold: true, holdUrl: `${url}/wait.wav` });
    await hearsOnly(one, [WAIT], [CALLER]);
    await participants('two').update({ announceUrl: `${url}/customer.wav` });
    await hearsOnly(two, [CUSTOMER_HZ], [AGENT, WAIT]);
    await conference(await room.sid()).update({ status: 'completed' });
  });
});

describe('an announcement', () => {
  it('is heard over the talk: by one, or by all and the recording', async () => {
    const room = new Gathering(house, 'announces');
    const agent = await room.join('agent', AGENT);
    const caller = await room.join('caller', CALLER);
    const sid = await room.sid();
    const announceUrl = `${house.application.url}/announce`;
    const body = '<Response><Play loop="3">/wait.wav</Play></Response>';
    house.application.on('/announce', body);
    await conference(sid).participants('caller').update({ announceUrl });
    await hearsOnly(caller, [AGENT, WAIT], []);
    await hearsOnly(agent, [CALLER], [WAIT]);
    const end = await room.news('announcement-end');
    expect(end.fields).toMatchObject({ AnnounceUrl: announceUrl, CallSid: caller.sid });
    expect(house.application.at('/announce')[0]?.fields).toMatchObject({ ConferenceSid: sid });

    await conference(sid).update({ announceUrl });
    await Promise.all([hearsOnly(caller, [AGENT, WAIT], []), hearsOnly(agent, [CALLER, WAIT], [])]);
    await room.news('announcement-end', ({ CallSid }) => CallSid === undefined);

    await conference(sid).update({ announceUrl: `${house.application.url}/nothing` });
    const { fields } = await room.news('announcement-fail');
    expect(fields.ReasonAnnouncementFailed).toContain('/nothing');
    await conference(sid).update({ status: 'completed' });
    await expect(conference(sid).update({ announceUrl })).rejects.toMatchObject({ status: 400 });
  });
});

describe('a beep', () => {
  it.each([
    ['true', true, true],
    ['false', false, false],
    ['onEnter', true, false],
    ['onExit', false, true],
  ] as const)('of %s tells of coming: %s, and of going: %s', async (beep, comes, goes) => {
    const room = new Gathering(house, `beeps_${beep}`);
    const one = await room.join('one', null);
    await room.join('two', null);
    await hearsOnly(one, [], [BEEP, WAIT]);
    const sid = await room.sid();
    /** Whether a beep is heard in the 1.2 s of sound that follow. */
    const beeps = async () => {
      const from = one.media.heardSamples;
      const sound = () => one.heard((one.media.heardSamples - from) / 8);
      const loud = () => powerAt(BEEP, sound()) * sound().samples.length ** 2 > 1_000;
      await expect
        .poll(
          () => one.media.heardSamples > from && (loud() || one.media.heardSamples - from > 9_600),
          { timeout: 5_000 },
        )
        .toBe(true);
      return loud();
    };
    const [hears, { callSid }] = await Promise.all([
      beeps(),
      conference(sid).participants.create({
        from: ACCOUNT.TWILIO_CALLER_ID,
        to: '+447700900009',
        label: 'three',
        beep,
      }),
    ]);
    expect(hears).toBe(comes);
    await hearsOnly(one, [], [BEEP]);
    const removed = conference(sid).participants(callSid).remove();
    expect((await Promise.all([beeps(), removed]))[0]).toBe(goes);
    await conference(sid).update({ status: 'completed' });
  });
});

describe('a conference is full', () => {
  it('for who calls in: its call goes on; for who is added: nobody is called', async () => {
    const room = new Gathering(house, 'full');
    await room.join('one', AGENT, 'maxParticipants="2"');
    await room.join('two', CALLER, 'maxParticipants="2"');
    const third = await room.call('three', BOSS, 'maxParticipants="2"');
    await hearsOnly(third, [HOLD], [AGENT, CALLER]);
    const { participants } = conference(await room.sid());
    const from = ACCOUNT.TWILIO_CALLER_ID;
    const before = (await house.client.calls.list()).length;
    const fourth = participants.create({ from, to: ADA, maxParticipants: 2 });
    await expect(fourth).rejects.toMatchObject({ status: 400 });
    expect(await house.client.calls.list()).toHaveLength(before);
    const again = await room.call('one', BOSS);
    await hearsOnly(again, [HOLD], [AGENT, CALLER]);
    const label = participants.create({ from, to: ADA, label: 'two' });
    await expect(label).rejects.toMatchObject({ code: 16025 });
    await conference(await room.sid()).update({ status: 'completed' });
  });
});

describe('why it ended and why they left', () => {
  it.each([
    ['last-participant-left', 'participant_hung_up', false, 'hang up'],
    ['last-participant-kicked', 'participant_updated_via_api', false, 'kick'],
    ['participant-with-end-conference-on-exit-left', 'participant_hung_up', true, 'hang up'],
    ['participant-with-end-conference-on-exit-kicked', 'participant_updated_via_api', true, 'kick'],
    [
      'participant-with-end-conference-on-exit-left',
      'participant_updated_via_api',
      true,
      'redirect',
    ],
    ['conference-ended-via-api', 'conference_ended_via_api', false, 'end'],
  ] as const)('%s, %s', async (ended, left, endConferenceOnExit, how) => {
    const room = new Gathering(house, `ends_${ended}_${how.replace(' ', '_')}`);
    const call = await room.join('one', null, `endConferenceOnExit="${endConferenceOnExit}"`);
    const sid = await room.sid();
    if (how === 'hang up') call.hangup();
    if (how === 'kick') await conference(sid).participants('one').remove();
    if (how === 'end') await conference(sid).update({ status: 'completed' });
    if (how === 'redirect') {
      const twiml = '<Response><Pause length="1"/></Response>';
      await house.client.calls(call.sid!).update({ twiml });
    }
    const leave = await room.news('participant-leave');
    expect(leave.fields).toMatchObject({
      ReasonParticipantLeft: left,
      ParticipantCallStatus: how === 'hang up' ? 'completed' : 'in-progress',
      CallSid: call.sid,
    });
    const end = await room.news('conference-end');
    expect(end.fields.ReasonConferenceEnded).toBe(ended);
    expect(end.signed).toBe(true);
    const shown = await conference(sid).fetch();
    expect(shown.reasonConferenceEnded).toBe(ended);
  });

  it('moderator_ended_conference, participant_add_failed', async () => {
    const room = new Gathering(house, 'ends_moderated');
    const boss = await room.join('boss', null, 'endConferenceOnExit="true"');
    await room.join('caller', null);
    const from = ACCOUNT.TWILIO_CALLER_ID;
    const sid = await room.sid();
    await conference(sid).participants.create({ from, to: '+447700900002', label: 'busy' });
    const failed = await room.news('participant-leave', (one) => one.ParticipantLabel === 'busy');
    expect(failed.fields).toMatchObject({
      ReasonParticipantLeft: 'participant_add_failed',
      ParticipantCallStatus: 'busy',
    });
    boss.hangup();
    const left = await room.news('participant-leave', (one) => one.ParticipantLabel === 'caller');
    expect(left.fields.ReasonParticipantLeft).toBe('moderator_ended_conference');
    const { fields } = await room.news('conference-end');
    expect(fields).toMatchObject({
      CallSidEndingConference: boss.sid,
      ParticipantLabelEndingConference: 'boss',
    });
    const counted = house.application
      .at('/news')
      .filter(({ query }) => query.get('room') === 'ends_moderated')
      .map((one) => Number(one.fields.SequenceNumber));
    expect(counted).toEqual(counted.map((_, index) => index + 1));
  });
});
