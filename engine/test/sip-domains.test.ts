import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { House } from './support/house.ts';

let house: House;
beforeAll(async () => {
  house = await House.open({ SIP_HOST: '127.0.0.1', SIP_PORT: '0' });
});
afterAll(() => house.close());

const PASSWORD = 'Correct1Horse2';

describe('SIP domains and credential lists over Twilio’s REST', () => {
  it('are made, mapped, looked at, changed and taken away', async () => {
    const { sip } = house.client;
    const voiceUrl = `${house.application.url}/voice`;
    const domain = await sip.domains.create({ domainName: 'Acme.Example.com', voiceUrl });
    expect(domain).toMatchObject({ domainName: 'acme.example.com', sipRegistration: false });
    const list = await sip.credentialLists.create({ friendlyName: 'Desks' });
    const { credentials } = sip.credentialLists(list.sid);
    const ada = await credentials.create({ username: 'ada', password: PASSWORD });
    await credentials(ada.sid).update({ password: `${PASSWORD}!` });
    expect((await credentials.list()).map(({ username }) => username)).toEqual(['ada']);

    const { registrations, calls } = sip.domains(domain.sid).auth;
    const credentialListSid = list.sid;
    await registrations.credentialListMappings.create({ credentialListSid });
    await calls.credentialListMappings.create({ credentialListSid });
    const [mapping] = await registrations.credentialListMappings.list();
    expect(mapping).toMatchObject({ sid: list.sid, friendlyName: 'Desks' });
    const changed = await sip.domains(domain.sid).update({ sipRegistration: true });
    expect(changed).toMatchObject({ sipRegistration: true, authType: 'CREDENTIAL_LIST' });

    await expect(sip.credentialLists(list.sid).remove()).rejects.toThrow('acme.example.com uses');
    await registrations.credentialListMappings(list.sid).remove();
    await calls.credentialListMappings(list.sid).remove();
    await sip.credentialLists(list.sid).remove();
    await sip.domains(domain.sid).remove();
    expect(await sip.domains.list()).toEqual([]);
  });

  it('are kept when the engine is killed, and passwords are not', async () => {
    const { sip } = house.client;
    const list = await sip.credentialLists.create({ friendlyName: 'Kept' });
    await sip.credentialLists(list.sid).credentials.create({ username: 'bob', password: PASSWORD });
    await house.engine.stop('SIGKILL');
    const journal = readFileSync(join(house.folder, 'engine', 'journal.jsonl'), 'utf8');
    expect(journal).toContain('"username":"bob"');
    expect(journal).not.toContain(PASSWORD);
    await house.start();
    const kept = await house.client.sip.credentialLists(list.sid).credentials.list();
    expect(kept.map(({ username }) => username)).toEqual(['bob']);
  });

  it.each([
    ['short1Aa', 'has fewer than 12 characters'],
    ['nocapitals123', 'has no capital letter'],
  ])('refuse the password %s by what is wrong with it', async (password, why) => {
    const list = await house.client.sip.credentialLists.create({ friendlyName: 'Weak' });
    const { credentials } = house.client.sip.credentialLists(list.sid);
    await expect(credentials.create({ username: 'eve', password })).rejects.toThrow(why);
  });

  it('refuse what exists already, and what is no name', async () => {
    const { sip } = house.client;
    await sip.domains.create({ domainName: 'twice.example.com' });
    await expect(sip.domains.create({ domainName: 'TWICE.example.com' })).rejects.toThrow('exists');
    await expect(sip.domains.create({ domainName: 'no domain' })).rejects.toThrow('DomainName');
    const list = await sip.credentialLists.create({ friendlyName: 'Names' });
    const { credentials } = sip.credentialLists(list.sid);
    const odd = { username: 'a b@c', password: PASSWORD };
    await expect(credentials.create(odd)).rejects.toThrow('Username');
  });
});
