import { mkdirSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Client } from '../../test/support/client.ts';
import { until } from '../src/until.ts';
import { FrontDoor, runs } from './front-door.ts';

describe('the front door', { timeout: 120_000 }, () => {
  let door: FrontDoor;

  beforeEach(async () => {
    door = await FrontDoor.prepare();
  });

  afterEach(async () => {
    await door.stop();
    door.remove();
  });

  it('keeps everything from one start to the next, and leaves nothing running between', async () => {
    await door.start();
    await new Client(door.url).okSetUp();
    const pids = Object.values(door.pids());
    expect(pids.every(runs)).toBe(true);

    expect(await door.stop('SIGINT')).toBe(0);
    expect(pids.filter(runs)).toEqual([]);

    await door.start();
    const session = await new Client(door.url).okSignIn();
    expect(session.person?.role).toBe('administrator');
    expect(await door.stop('SIGTERM')).toBe(0);
  });

  it('shows the set-up token while there is no administrator', async () => {
    await door.start();
    await door.says(/set-up token/i);
  });

  it.each(['server', 'engine', 'postgres'] as const)('starts a killed %s again', async (name) => {
    await door.start();
    const client = new Client(door.url);
    await client.okSetUp();
    const before = door.pids()[name];

    process.kill(before, 'SIGKILL');
    await door.says(/is running again/);

    const now = door.pids()[name];
    expect(now).not.toBe(before);
    expect(runs(now)).toBe(true);
    // The server finds its database again by itself, which takes it a moment.
    const works = async () => (await client.get('/api/calls')).status === 200;
    expect(await until(works, 10_000)).toBe(true);
  });

  it('leaves nothing behind when it is killed itself, and starts again at once', async () => {
    await door.start();
    await new Client(door.url).okSetUp();
    const pids = Object.values(door.pids());
    await door.stop('SIGKILL');

    await door.start();
    expect(pids.filter(runs)).toEqual([]);
    await new Client(door.url).okSignIn();
  });

  it('takes its programs along when it is killed and nobody starts it again', async () => {
    await door.start();
    const pids = Object.values(door.pids());
    await door.stop('SIGKILL');
    expect(await until(() => !pids.some(runs), 20_000)).toBe(true);
  });

  it('starts again after all of them were killed at once', async () => {
    await door.start();
    await new Client(door.url).okSetUp();
    const { postgres, engine, server } = door.pids();
    for (const pid of [door.pid, server, engine, postgres]) process.kill(pid, 'SIGKILL');
    await door.stop();
    await door.start();
    await new Client(door.url).okSignIn();
  });
});

describe('a start that cannot be', () => {
  it('says everything that is wrong at once', async () => {
    const other = createServer();
    await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve));
    const address = other.address();
    const taken = String(typeof address === 'object' ? address?.port : 0);
    const door = await FrontDoor.prepare({
      dataFolder: '/proc/nowhere',
      env: {
        PORT: taken,
        ENGINE_UDP_PORT: 'many',
        TWILIO_AUTH_TOKEN: 'x',
        CALL_RING_SECONDS: 'long',
      },
    });
    expect(await door.runToEnd()).toBe(1);
    await new Promise((resolve) => other.close(resolve));

    expect(door.output).toContain(`PORT ${taken} is in use by another program`);
    expect(door.output).toContain('/proc/nowhere cannot be written');
    expect(door.output).toContain('ENGINE_UDP_PORT must be a port number');
    expect(door.output).toContain('TWILIO_ACCOUNT_SID');
    expect(door.output).toContain('CALL_RING_SECONDS');
  });

  it('says what a trunk looks like, without the password, before anything starts', async () => {
    const env = { SIP_TRUNK: 'ada:s3cret@carrier.example', SIP_PORT: 'x' };
    const door = await FrontDoor.prepare({ env });
    expect(await door.runToEnd()).toBe(1);
    expect(door.output).toContain('SIP_TRUNK is not sip:user:password@host:port');
    expect(door.output).toContain('SIP_PORT is neither a port number nor off');
    expect(door.output).not.toContain('s3cret');
  });

  it('refuses a second one on the same data, and does not disturb the first', async () => {
    const first = await FrontDoor.prepare();
    await first.start();
    const second = await FrontDoor.prepare({ dataFolder: first.dataFolder });
    expect(await second.runToEnd()).toBe(1);
    expect(second.output).toContain(`already running on ${first.dataFolder}`);
    expect(second.output).toContain(String(first.pid));

    expect((await new Client(first.url).get('/health')).status).toBe(200);
    expect(await first.stop()).toBe(0);
    first.remove();
  });

  it('ends cleanly when it is stopped while it starts', async () => {
    const door = await FrontDoor.prepare();
    mkdirSync(join(door.dataFolder), { recursive: true });
    const end = door.runToEnd();
    await door.says(/Making the database/);
    await door.stop('SIGTERM');
    expect(await end, door.output).toBe(0);
    await door.start();
    expect(await door.stop()).toBe(0);
    door.remove();
  });
});
