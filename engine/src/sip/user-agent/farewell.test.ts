import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { callTo, Doorbell, hopTo, openAgent, SDP } from '../../../test/support/sip-agents.ts';
import { Stage } from '../../../test/support/stage.ts';
import { cseqOf } from '../message/fields.ts';
import type { UserAgent } from './calls.ts';

/** The process that died, whose call it was, … */
let stage: Stage;
/** … and the one that comes after it. */
let next: UserAgent;
beforeEach(async () => {
  stage = await Stage.open();
  next = await openAgent({ times: { t1: 20, t2: 80, t4: 100 } });
});
afterEach(async () => {
  await Promise.all([stage.close(), next.close()]);
});

const CREDENTIALS = { username: 'ada', password: 'secret' };
const SILENT = { credentials: null, headers: [] };
const CHALLENGE = { 'WWW-Authenticate': 'Digest realm="far", nonce="1", algorithm=MD5' };

describe('a dialog that another process has left', () => {
  it('is ended by BYE, which fits it', async () => {
    const { ear, ok } = await stage.talking();
    const headers = [['Reason', 'Q.850;cause=41']] as const;
    const told = next.hangUpLeft(ear.dialog, { credentials: null, headers });
    const bye = await stage.peer.request('BYE');
    expect(bye.headers.get('Call-ID')).toBe('raw');
    expect(bye.headers.get('From')).toBe(ok.headers.get('To'));
    expect(bye.headers.get('To')).toBe('<sip:peer@127.0.0.1>;tag=peer');
    expect(cseqOf(bye).number).toBe(1001);
    expect(bye.headers.get('Reason')).toBe('Q.850;cause=41');
    stage.peer.answer(bye, 481);
    expect(await told).toEqual({ ok: true, status: 481 });
  });

  it('is ended once more for a challenge, and no more often', async () => {
    const { ear } = await stage.talking();
    const told = next.hangUpLeft(ear.dialog, { credentials: CREDENTIALS, headers: [] });
    stage.peer.answer(await stage.peer.request('BYE'), 401, { headers: CHALLENGE });
    const again = await stage.peer.request('BYE', 2);
    expect(again.headers.get('Authorization')).toContain('username="ada"');
    expect(cseqOf(again).number).toBe(1002);
    stage.peer.answer(again, 401, { headers: CHALLENGE });
    expect(await told).toEqual({ ok: true, status: 401 });
    expect(stage.peer.count('BYE')).toBe(2);
  });

  it.each(['ours', 'theirs'] as const)(
    'over TCP is ended by a new connection: %s',
    async (whose) => {
      const [old, far] = await Promise.all([openAgent(), openAgent()]);
      const [us, them] = whose === 'ours' ? [old, far] : [far, old];
      const bell = new Doorbell(them);
      bell.then = (call) => void call.answer(SDP);
      const { ear } = callTo(us, them.udpPort, { hops: [hopTo(them.udpPort, 'tcp')] });
      await ear.next('answered');
      const [taken] = bell.calls;
      const [left, other] = whose === 'ours' ? [ear, taken!.ear] : [taken!.ear, ear];
      expect(await next.hangUpLeft(left.dialog, SILENT)).toEqual({ ok: true, status: 200 });
      expect((await other.next('ended')).end.kind).toBe('bye');
      await old.close();
      await far.close();
    },
  );

  it('is given up when nobody answers for 64*T1', async () => {
    const { ear } = await stage.talking();
    const told = await next.hangUpLeft(ear.dialog, SILENT);
    expect(told).toMatchObject({ ok: false, cause: 'timeout' });
    expect(stage.peer.heard.filter((name) => name === 'BYE').length).toBeGreaterThan(5);
  });

  it('is not one of nonsense', async () => {
    const { ear } = await stage.talking();
    const { dialog } = ear;
    const state = { ...dialog.state, remoteTarget: 'nowhere' };
    await expect(next.hangUpLeft({ ...dialog, state }, SILENT)).rejects.toThrow('without a scheme');
  });
});

describe('what it takes to hang up', () => {
  it('is told when ours rings, and when it is answered, each fork for itself', async () => {
    const { peer } = stage;
    const { call, ear } = callTo(stage.agent, peer.port);
    const invite = await peer.request('INVITE');
    peer.answer(invite, 180, { tag: 'desk' });
    peer.answer(invite, 180, { tag: 'hall' });
    await ear.next('progress', 2);
    expect(ear.dialogs.size).toBe(2);
    peer.answer(invite, 200, { tag: 'hall', sdp: SDP });
    await ear.next('answered');
    expect(ear.dialogs.size).toBe(1);
    expect(ear.dialog.state.remote).toContain('tag=hall');
    call.hangUp();
    peer.answer(await peer.request('BYE'), 200);
    await expect.poll(() => ear.dialogs.size).toBe(0);
  });

  it('is told of theirs when it is answered, and anew when they are somewhere else (§15)', async () => {
    const { call, ear } = await stage.invited();
    call.ring();
    const To = (await stage.peer.response('180 INVITE')).headers.get('To')!;
    expect(ear.dialogs.size).toBe(0);
    const answered = call.answer(SDP);
    await stage.peer.response('200 INVITE');
    stage.send('ACK', { cseq: 1, headers: { To } });
    await answered;
    const target = `sip:moved@127.0.0.1:${stage.peer.port}`;
    stage.send('UPDATE', { contact: false, headers: { To, Contact: `<${target}>` } });
    await stage.peer.response('200 UPDATE');
    expect(ear.dialog.state.remoteTarget).toBe(target);
    stage.send('BYE', { headers: { To } });
    await ear.next('ended');
    expect(ear.dialogs.size).toBe(0);
  });
});
