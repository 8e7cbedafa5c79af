import { execFileSync } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Client } from '../../test/support/client.ts';
import { FrontDoor, ROOT } from './front-door.ts';

/** nobody: an ordinary account that every machine has. */
const NOBODY = 65534;
/** Not part of what people get. */
const LEFT_OUT = ['.git', '.env', 'data', 'test-results'];

/** A checkout elsewhere, of this one's very files: links where the disk allows it. */
function checkOut(folder: string): string {
  const checkout = join(folder, 'offhook');
  mkdirSync(checkout, { recursive: true });
  const sources = readdirSync(ROOT)
    .filter((part) => !LEFT_OUT.includes(part))
    .map((part) => join(ROOT, part));
  try {
    execFileSync('cp', ['-al', ...sources, checkout], { stdio: 'ignore' });
  } catch {
    execFileSync('cp', ['-a', ...sources, checkout]);
  }
  rmSync(join(checkout, 'web', 'dist'), { recursive: true, force: true });
  return checkout;
}

describe.skipIf(process.getuid?.() !== 0)(
  'wherever the checkout is, whoever starts it',
  { timeout: 180_000 },
  () => {
    let folder: string;
    let home: string;

    beforeEach(() => {
      folder = mkdtempSync(join(tmpdir(), 'offhook-checkout-'));
      chmodSync(folder, 0o755);
      home = join(folder, 'home');
      mkdirSync(home, { mode: 0o755 });
    });

    afterEach(() => {
      rmSync(folder, { recursive: true, force: true });
    });

    /** Twice, because the first start makes what the second finds. */
    async function worksTwice(door: FrontDoor): Promise<void> {
      await door.start();
      await new Client(door.url).okSetUp();
      const page = await new Client(door.url).get<string>('/work');
      expect(page.body).toContain('<div id="root"');
      expect(await door.stop(), door.output).toBe(0);
      await door.start();
      await new Client(door.url).okSignIn();
      expect(await door.stop(), door.output).toBe(0);
    }

    it('root, in a private home', async () => {
      const checkout = checkOut(home);
      chmodSync(home, 0o700);
      await worksTwice(await FrontDoor.prepare({ checkout, dataFolder: join(checkout, 'data') }));
      expect(existsSync(join(checkout, 'web', 'dist', 'index.html'))).toBe(true);
    });

    it('root, in a checkout that everybody may read', async () => {
      const checkout = checkOut(home);
      await worksTwice(await FrontDoor.prepare({ checkout, dataFolder: join(checkout, 'data') }));
    });

    it('an ordinary user, in a private home', async () => {
      const checkout = checkOut(home);
      execFileSync('find', [
        home,
        '-type',
        'd',
        '-exec',
        'chown',
        `${NOBODY}:${NOBODY}`,
        '{}',
        '+',
      ]);
      chmodSync(home, 0o700);
      await worksTwice(
        await FrontDoor.prepare({ checkout, dataFolder: join(checkout, 'data'), uid: NOBODY }),
      );
    });

    it('an ordinary user, in a checkout that only root may write', async () => {
      const checkout = checkOut(home);
      const own = join(folder, 'own');
      mkdirSync(own, { mode: 0o700 });
      execFileSync('chown', [`${NOBODY}:${NOBODY}`, own]);
      const dataFolder = join(own, 'data');
      await worksTwice(await FrontDoor.prepare({ checkout, dataFolder, uid: NOBODY }));
      expect(existsSync(join(dataFolder, 'web', 'index.html'))).toBe(true);
    });

    it('an ordinary user, where nothing may be written', async () => {
      const door = await FrontDoor.prepare({
        checkout: checkOut(home),
        dataFolder: join(home, 'offhook', 'data'),
        uid: NOBODY,
      });
      expect(await door.runToEnd()).toBe(1);
      expect(door.output).toContain(`OFFHOOK_DATA ${door.dataFolder} cannot be written (EACCES)`);
    });
  },
);
