import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pino } from 'pino';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { RawPeer } from '../../test/support/raw-peer.ts';
import { hopTo, openAgent } from '../../test/support/sip-agents.ts';
import type { DialogRecord } from '../leg/sip/dialog-record.ts';
import { SipClosed, SipLink } from '../sip-link.ts';
import type { UserAgent } from '../sip/user-agent/calls.ts';
import { hangUpLeft } from './hang-up-left.ts';
import { Ledger } from './ledger.ts';

const log = pino({ level: 'silent' });
const NO_TRUNKS = { get: () => undefined };
let folder: string;
let peer: RawPeer;
let sip: SipLink;
let ledger: Ledger;
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'offhook-left-'));
  peer = await RawPeer.open();
});
afterEach(async () => {
  await sip.close();
  ledger.close();
  peer.close();
  rmSync(folder, { recursive: true, force: true });
});

/** What a journal that a kill left reads, with these dialogs in its file. */
function journal(...dialogs: DialogRecord[]): Ledger {
  const path = join(folder, 'journal.jsonl');
  const before = new Ledger(path, log);
  for (const dialog of dialogs) before.dialogs.save(dialog);
  before.close();
  ledger = new Ledger(path, log);
  return ledger;
}

function dialog(callId: string, remoteTarget = `sip:them@127.0.0.1:${peer.port}`): DialogRecord {
  return {
    ...{ id: `${callId}\na\nb`, leg: `${callId}-1`, trunkSid: null, keptAt: Date.now() },
    peer: hopTo(peer.port),
    state: {
      ...{ callId, local: '<sip:us@127.0.0.1>;tag=a', remote: '<sip:them@127.0.0.1>;tag=b' },
      ...{ routes: [], remoteTarget, localSequence: 1 },
    },
  };
}

function link(open: () => Promise<UserAgent>): SipLink {
  return new SipLink(open, 'SIP port', log);
}

it('what nobody can read keeps no other call from its BYE', async () => {
  sip = link(() => openAgent());
  const { dialogs } = journal(dialog('broken', 'nowhere'), dialog('whole'));
  const done = hangUpLeft(dialogs, { sip, trunks: NO_TRUNKS }, log);
  const bye = await peer.request('BYE');
  expect(bye.headers.get('Call-ID')).toBe('whole');
  expect([...dialogs.values()].map(({ state }) => state.callId)).toContain('whole');
  peer.answer(bye, 200);
  await done;
  expect(dialogs.size).toBe(0);
});

it('what cannot be hung up while SIP is closed waits for the next start', async () => {
  sip = link(() => Promise.reject(new SipClosed('SIP is turned off: SIP_PORT says so.')));
  const { dialogs } = journal(dialog('waits'));
  await hangUpLeft(dialogs, { sip, trunks: NO_TRUNKS }, log);
  expect(dialogs.size).toBe(1);
});

it('nothing left: SIP is not opened for it', async () => {
  let opened = 0;
  sip = link(() => {
    opened += 1;
    return openAgent();
  });
  await hangUpLeft(journal().dialogs, { sip, trunks: NO_TRUNKS }, log);
  expect(opened).toBe(0);
});
