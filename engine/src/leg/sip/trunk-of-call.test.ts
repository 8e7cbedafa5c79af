import { describe, expect, it } from 'vitest';
import { parseNameAddress } from '../../sip/message/address.ts';
import { parseUri } from '../../sip/message/uri.ts';
import { trunkRecord } from '../../trunk/trunk-of-tests.ts';
import { trunkOf } from './trunk-of-call.ts';

const SALES = trunkRecord({ sid: 'TKsales', callerIds: ['+442079460000'] });
const HELP = trunkRecord({ sid: 'TKhelp', callerIds: ['+442079460001'] });
const DESK = trunkRecord({
  ...{ sid: 'TKdesk', callerIds: ['+442079460002'] },
  ...{ username: 'acct77', registerSeconds: 300 },
});
const ALL = [SALES, HELP, DESK];

describe('of trunks that share an address a call belongs to', () => {
  it.each([
    ['the one whose number is called', '+442079460001', '+442079460001', 'TKhelp'],
    ['the one whose number is called, in the national form', '02079460001', 'us', 'TKhelp'],
    ['the one whose number To names', 'us', '+442079460001', 'TKhelp'],
    ['the one that registered the user', 'acct77', '+442079460001', 'TKdesk'],
    ['the first, where nothing tells', '+442079469999', 'us', 'TKsales'],
  ])('%s', (_what, user, to, sid) => {
    const uri = parseUri(`sip:${user}@192.0.2.1`);
    const call = { uri, to: parseNameAddress(`<sip:${to}@carrier.example>`) };
    expect(trunkOf(call, ALL)?.sid).toBe(sid);
  });

  it('nobody, where there is none', () => {
    const uri = parseUri('sip:+442079460000@192.0.2.1');
    expect(trunkOf({ uri, to: { display: null, uri, parameters: new Map() } }, [])).toBeNull();
  });
});
