import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { freePort } from '../../test/support/free-port.ts';
import type { SipRequest } from '../src/sip/message/message.ts';
import { ACCOUNT, House } from './support/house.ts';
import { RawPeer } from './support/raw-peer.ts';
import { SDP } from './support/sip-agents.ts';
import { askEngine } from './support/trunk-api.ts';

const NUMBER = '+442079460001';
const OURS = ACCOUNT.TWILIO_CALLER_ID;
const CHALLENGE = { 'WWW-Authenticate': 'Digest realm="carrier", nonce="1", algorithm=MD5' };

let house: House;
let carrier: RawPeer;
let sipPort: number;
beforeAll(async () => {
  sipPort = await freePort();
  carrier = await RawPeer.open();
  house = await House.open({ SIP_HOST: '127.0.0.1', SIP_PORT: String(sipPort) });
  const [number] = await house.client.incomingPhoneNumbers.list({ phoneNumber: OURS });
  const voiceUrl = `${house.application.url}/wait`;
  await house.client.incomingPhoneNumbers(number?.sid ?? '').update({ voiceUrl });
  await askEngine(house, 'POST', '/trunks', {
    ...{ name: 'Carrier', host: '127.0.0.1', port: carrier.port, keepAliveSeconds: 60 },
    ...{ username: 'ada', password: 'secret' },
  });
  // OPTIONS come when the engine knows whose this address is.
  carrier.answer(await carrier.request('OPTIONS'), 200);
});
afterAll(async () => {
  await house.close();
  carrier.close();
});

/** The `nth` call over the trunk: the carrier answers it so. */
async function called(nth: number, answer: 180 | 200, tag: string): Promise<SipRequest> {
  const url = (path: string) => `${house.application.url}${path}`;
  const { sid } = await house.client.calls.create({
    ...{ to: NUMBER, from: OURS, url: url('/wait'), statusCallback: url('/status') },
    statusCallbackEvent: ['ringing', 'answered', 'completed'],
  });
  const invite = await carrier.request('INVITE', nth);
  carrier.answer(invite, answer, { tag, ...(answer === 200 ? { sdp: SDP } : {}) });
  const wanted = answer === 200 ? 'in-progress' : 'ringing';
  await house.application.next(
    ({ fields }) => fields.CallSid === sid && fields.CallStatus === wanted,
  );
  return invite;
}

/** Somebody calls our number, and is answered: our To. */
async function calls(callId: string): Promise<string> {
  const headers = { 'Call-ID': callId, To: `<sip:${OURS}@127.0.0.1>` };
  const number = carrier.send(sipPort, 'INVITE', { sdp: SDP, headers });
  const ok = await carrier.final(number);
  expect(ok.status).toBe(200);
  const To = ok.headers.get('To')!;
  carrier.send(sipPort, 'ACK', { cseq: number, headers: { 'Call-ID': callId, To } });
  return To;
}

/** The dialogs that the engine's journal knows: Call-IDs. */
function kept(): string[] {
  const open = new Set<string>();
  const text = readFileSync(join(house.folder, 'engine', 'journal.jsonl'), 'utf8');
  for (const line of text.split('\n').filter((one) => one !== '')) {
    const { dialog, dialogGone } = JSON.parse(line) as {
      dialog?: { id: string };
      dialogGone?: string;
    };
    if (dialog !== undefined) open.add(dialog.id);
    if (dialogGone !== undefined) open.delete(dialogGone);
  }
  return [...open].map((id) => id.split('\n')[0]!).sort();
}

/** What says whose dialog a BYE is in. */
const names = ({ headers }: SipRequest) =>
  ['Call-ID', 'From', 'To'].map((name) => headers.get(name));

it('a killed engine hangs up what it left on the line, and nothing else', async () => {
  const over = await calls('over');
  carrier.send(sipPort, 'BYE', { headers: { 'Call-ID': 'over', To: over } });
  await carrier.response('200 BYE');
  const out = await called(1, 200, 'out');
  const rings = await called(2, 180, 'rings');
  const to = await calls('in');
  const [outId, ringsId] = [out, rings].map(({ headers }) => headers.get('Call-ID')!);
  const left = ['in', outId, ringsId].sort();
  expect(kept()).toEqual(left);

  await house.engine.stop('SIGKILL');
  await house.start();
  carrier.answer(await carrier.request('OPTIONS', 2), 200);
  const byes = await Promise.all([1, 2, 3].map((nth) => carrier.request('BYE', nth)));
  const tagged = (request: SipRequest, tag: string) => [
    ...[request.headers.get('Call-ID'), request.headers.get('From')],
    `${request.headers.get('To')};tag=${tag}`,
  ];
  const expected = [
    tagged(out, 'out'),
    tagged(rings, 'rings'),
    ['in', to, '<sip:peer@127.0.0.1>;tag=peer'],
  ];
  expect(byes.map(names)).toEqual(expected);
  expect(byes.map(({ headers }) => headers.get('Reason'))).toEqual(
    byes.map(
      () => 'Q.850;cause=41;text="The voice engine died in the call and has started again."',
    ),
  );

  const [ofTrunk, ofRinging, ofCaller] = byes as [SipRequest, SipRequest, SipRequest];
  carrier.answer(ofRinging, 481);
  carrier.answer(ofCaller, 200);
  carrier.answer(ofTrunk, 401, { headers: CHALLENGE });
  const again = await carrier.request('BYE', 4);
  expect(names(again)).toEqual(expected[0]);
  expect(again.headers.get('Authorization')).toContain('username="ada"');
  carrier.answer(again, 200);
  await expect.poll(kept).toEqual([]);
  expect(carrier.count('BYE')).toBe(4);
});
