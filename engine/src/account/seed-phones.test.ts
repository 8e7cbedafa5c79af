import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pino } from 'pino';
import { expect, test } from 'vitest';
import { Ledger } from '../journal/ledger.ts';
import { seedPhones } from './seed-phones.ts';

const ACCOUNT = `AC${'a1'.repeat(16)}`;
const LIST = `CL${'f6'.repeat(16)}`;

function emptyLedger(): Ledger {
  const folder = mkdtempSync(join(tmpdir(), 'offhook-seed-'));
  return new Ledger(join(folder, 'journal.jsonl'), pino({ level: 'silent' }));
}

test('the settings’ domain takes registrations by the settings’ list, made once', () => {
  const ledger = emptyLedger();
  seedPhones(ledger, ACCOUNT, { domain: 'phones.example.com', credentialListSid: LIST });
  const [domain] = [...ledger.sipDomains.values()];
  expect(domain).toMatchObject({ domainName: 'phones.example.com', sipRegistration: true });
  expect(domain?.registrationLists).toMatchObject([{ listSid: LIST }]);
  expect(ledger.credentialLists.get(LIST)).toMatchObject({ credentials: [] });

  const credential = {
    sid: `CR${'0'.repeat(32)}`,
    username: 'ada',
    ha1: { MD5: '', 'SHA-256': '' },
  };
  const list = ledger.credentialLists.get(LIST)!;
  const kept = { ...list, credentials: [{ ...credential, createdAt: 0, updatedAt: 0 }] };
  ledger.saveCredentialList(kept);
  seedPhones(ledger, ACCOUNT, { domain: 'phones.example.com', credentialListSid: LIST });
  expect([...ledger.sipDomains.values()]).toEqual([domain]);
  expect(ledger.credentialLists.get(LIST)).toEqual(kept);
  ledger.close();
});

test('another domain in the settings is the same one by another name', () => {
  const ledger = emptyLedger();
  seedPhones(ledger, ACCOUNT, { domain: 'old.example.com', credentialListSid: LIST });
  seedPhones(ledger, ACCOUNT, { domain: 'new.example.com', credentialListSid: LIST });
  expect([...ledger.sipDomains.values()].map(({ domainName }) => domainName)).toEqual([
    'new.example.com',
  ]);
  ledger.close();
});

test('settings that leave it to REST make nothing', () => {
  const ledger = emptyLedger();
  seedPhones(ledger, ACCOUNT, { domain: 'phones.example.com', credentialListSid: null });
  expect(ledger.sipDomains.size + ledger.credentialLists.size).toBe(0);
  ledger.close();
});
