import type { Browser, BrowserContext, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { TrunksAnswer } from '@offhook/contract';
import { startSipp, type Sipp } from '../../engine/test/support/sipp.ts';
import { House } from './house.ts';
import { isSound } from './soundness.ts';

let house: House;
let browser: Browser;
let context: BrowserContext;
let page: Page;
let carrier: Sipp;

beforeAll(async () => {
  house = await House.open({ env: { SIP_HOST: '127.0.0.1', SIP_PORT: '0' } });
  browser = await house.browser();
  context = await house.window(browser);
  page = await context.newPage();
  // Takes every call, and sends back the sound that it hears.
  carrier = await startSipp({
    scenario: 'uas',
    trunk: true,
    calls: 1_000,
    seconds: 110,
    args: ['-rtp_echo'],
  });
});

afterAll(async () => {
  await carrier?.stop();
  await house?.close();
});

const row = (name: string) => page.getByRole('listitem').filter({ hasText: name });

it('an administrator adds a trunk, is told what is wrong where it is wrong, changes and deletes it', async () => {
  await page.goto(`${house.url}/settings/trunks`);
  await page.getByText('No trunks yet').waitFor();
  await isSound(page);

  await page.getByRole('link', { name: 'Add a trunk' }).click();
  await page.getByLabel('Host').fill('sip:carrier.invalid');
  await page.getByRole('button', { name: 'Add a rule' }).click();
  await page.getByLabel('Prefix', { exact: true }).fill('44');
  await page.getByLabel('Register with the carrier').check();
  await page.getByRole('button', { name: 'Add trunk' }).click();
  await page.getByText('Please give a name.').waitFor();
  await page.getByText('Give only the name or address').waitFor();
  await page.getByText('Give how numbers begin, with a plus').waitFor();
  expect(await page.locator(':focus').getAttribute('name')).toBe('name');
  await isSound(page);

  await page.getByLabel('Name', { exact: true }).fill('Carrier');
  await page.getByLabel('Host').fill('carrier.invalid');
  await page.getByRole('button', { name: 'Remove rule 1' }).click();
  await page.getByLabel('Caller IDs').fill('020 7946 0000\nnobody');
  await page.getByRole('button', { name: 'Add trunk' }).click();
  await page.getByText('To register, a user name is needed.').waitFor();
  await page.getByLabel('User name').fill('ada');
  await page.getByLabel('Password').fill('S3cret');
  await page.getByRole('button', { name: 'Add trunk' }).click();
  // This only the server can tell.
  await page.getByText('“nobody” is not a number that a phone can have.').waitFor();
  await page.getByLabel('Caller IDs').fill('020 7946 0000');
  await page.keyboard.press('Tab');
  await page.getByLabel('Name', { exact: true }).press('Enter');

  // Its host's name leads nowhere, and the list finds out by itself.
  await row('Carrier').getByText('Down').waitFor();
  await isSound(page);
  const { trunks } = await house.offhook.admin.okGet<TrunksAnswer>('/api/trunks');
  expect(trunks).toMatchObject([
    { name: 'Carrier', username: 'ada', hasPassword: true, callerIds: ['+442079460000'] },
  ]);

  await page.getByRole('button', { name: 'Test call over Carrier' }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByLabel('Number to ring').fill('999');
  await page.keyboard.press('Enter');
  await dialog.getByText('Emergency numbers cannot be called from here').waitFor();
  await isSound(page);
  await dialog.getByLabel('Number to ring').fill('020 7946 0999');
  await page.keyboard.press('Enter');
  await dialog.getByRole('list', { name: 'Steps' }).getByLabel('Failed').waitFor();
  await dialog.getByRole('alert').waitFor();
  expect(await dialog.getByRole('alert').innerText()).toMatch(
    /The host name leads nowhere|Nobody can be reached/,
  );
  await isSound(page);
  // The focus stayed in the dialog: Enter closes it.
  await page.keyboard.press('Enter');
  await dialog.waitFor({ state: 'detached' });

  await page.getByRole('button', { name: 'Actions for Carrier' }).click();
  await page.getByRole('menuitem', { name: 'Change' }).click();
  await page.getByRole('heading', { name: 'Change Carrier' }).waitFor();
  expect(await page.getByLabel('Password').inputValue()).toBe('');
  await page.getByLabel('Use this trunk').uncheck();
  await page.getByRole('button', { name: 'Save' }).click();
  await row('Carrier').getByText('Switched off').waitFor();

  await page.getByRole('button', { name: 'Actions for Carrier' }).click();
  await page.getByRole('menuitem', { name: 'Delete' }).click();
  await page.getByRole('dialog').getByText('Its password is forgotten').waitFor();
  await isSound(page);
  await page.getByRole('button', { name: 'Delete trunk' }).click();
  await page.getByText('No trunks yet').waitFor();
});

it('a test call shows its steps as they are taken, and says that the trunk works', async () => {
  const { admin } = house.offhook;
  await admin.post('/api/trunks', { name: 'Echo', host: '127.0.0.1', port: carrier.port });
  await page.goto(`${house.url}/settings/trunks`);
  await row('Echo').getByText('Up').waitFor();
  await row('Echo')
    .getByText(/answers in \d+ ms/)
    .waitFor();
  await page.getByRole('button', { name: 'Test call over Echo' }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByLabel('Number to ring').fill('020 7946 0999');
  await dialog.getByRole('button', { name: 'Start test call' }).click();
  const steps = dialog.getByRole('list', { name: 'Steps' });
  await steps.getByText('+442079460999 answered.').waitFor();
  // While the message plays, what is to come is still to come, and the list counts the call.
  await steps.getByText('Receive sound').waitFor();
  // Behind the dialog, where assistive programs do not look.
  await page.locator('li', { hasText: 'Echo' }).getByText('1 call').waitFor();
  await dialog.getByText('The trunk works.').waitFor({ timeout: 40_000 });
  expect(await steps.getByLabel('Done').count()).toBe(await steps.getByRole('listitem').count());
  await steps.getByText(/packets came in, with sound in them/).waitFor();
  await isSound(page);
});
