import { expect, test } from 'vitest';
import { PlayLog } from './play-log.ts';

test('one listening is one entry, however many parts the player asks for', async () => {
  let now = 0;
  const written: string[] = [];
  const plays = new PlayLog(
    async ({ personId, subject, detail }) => {
      written.push(`${personId} ${detail?.downloaded ? 'downloaded' : 'played'} ${subject}`);
    },
    () => now,
  );
  const play = (personId: string, id: string, how: 'played' | 'downloaded' = 'played') =>
    plays.note({
      how,
      id,
      callId: 'call',
      ipAddress: '127.0.0.1',
      asker: { personId, name: personId, role: 'agent', teamId: null, via: 'session' },
    });

  for (let part = 0; part < 5; part++) await play('ada', 'r1');
  await play('ada', 'r2');
  await play('bob', 'r1');
  await play('ada', 'r1', 'downloaded');
  now += 16 * 60_000;
  await play('ada', 'r1');
  expect(written).toEqual([
    'ada played r1',
    'ada played r2',
    'bob played r1',
    'ada downloaded r1',
    'ada played r1',
  ]);
});

test('what cannot be written down is not heard, and is tried again', async () => {
  let fails = true;
  let written = 0;
  const plays = new PlayLog(async () => {
    if (fails) throw new Error('no database');
    written += 1;
  });
  const asker = { personId: 'a', name: 'A', role: 'agent', teamId: null, via: 'session' } as const;
  const play = { how: 'played', id: 'r', callId: 'c', ipAddress: '::1', asker } as const;
  await expect(plays.note(play)).rejects.toThrow('no database');
  fails = false;
  await plays.note(play);
  expect(written).toBe(1);
});
