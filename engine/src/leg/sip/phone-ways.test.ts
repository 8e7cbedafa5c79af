import { expect, it } from 'vitest';
import { Bindings } from '../../registrar/bindings.ts';
import { parseNameAddress } from '../../sip/message/address.ts';
import type { TransportName } from '../../sip/message/message.ts';
import { phoneWays } from './phone-ways.ts';
import { PHONE_TERMS, SECRET_TERMS } from './sip-sound.ts';

/** What a phone that is registered over that transport is offered, in order. */
function offersOver(transport: TransportName) {
  const bindings = new Bindings();
  const ada = parseNameAddress('<sip:ada@192.0.2.7:5062>');
  const source = { transport, address: '192.0.2.7', port: 5062, serverName: null };
  const order = { contact: ada.uri, q: 1000, seconds: 60, callId: 'one', cseq: 1 };
  bindings.change('ada@phones.example', [{ ...order, source, path: [] }], Date.now());
  const [[way] = []] = phoneWays('ada@phones.example', bindings, {
    ...{ from: ada, to: ada, headers: [] },
  });
  return [way?.terms, way?.otherwise?.terms, way?.otherwise?.otherwise];
}

it.each(['udp', 'tcp'] as const)('offers plain RTP first over %s, then SRTP', (transport) => {
  expect(offersOver(transport)).toEqual([PHONE_TERMS, SECRET_TERMS, null]);
});

it('offers SRTP first over TLS, then plain RTP', () => {
  expect(offersOver('tls')).toEqual([SECRET_TERMS, PHONE_TERMS, null]);
});
