import { expect, it } from 'vitest';
import { Knocks } from './knocks.ts';

const knock = (port: number, ufrag = 'them', localUfrag = 'us') => ({
  localUfrag,
  ufrag,
  host: '192.0.2.7',
  port,
});

it('tells where that browser knocked from, each place once, in order', async () => {
  const knocks = new Knocks();
  knocks.receive(knock(1));
  knocks.expect('us');
  for (const port of [3, 2, 3]) knocks.receive(knock(port));
  knocks.receive(knock(4, 'somebody else'));
  knocks.receive(knock(5, 'them', 'of another offer'));
  expect(await knocks.from('us', 'them')).toMatchObject([
    { address: '192.0.2.7', port: 3 },
    { address: '192.0.2.7', port: 2 },
  ]);
});

it('waits for the first knock', async () => {
  const knocks = new Knocks();
  knocks.expect('us');
  const found = knocks.from('us', 'them');
  knocks.receive(knock(4, 'somebody else'));
  knocks.receive(knock(5));
  expect(await found).toMatchObject([{ port: 5 }]);
});

it('does not remember without end', async () => {
  const knocks = new Knocks();
  knocks.expect('us');
  for (let port = 1; port <= 1000; port++) knocks.receive(knock(port));
  expect(await knocks.from('us', 'them')).toHaveLength(8);
});

it('ends the wait when nobody is expected any more', async () => {
  const knocks = new Knocks();
  knocks.expect('us');
  const found = knocks.from('us', 'them');
  knocks.forget('us');
  knocks.forget('us');
  await expect(found).rejects.toMatchObject({ code: 'leg_unknown' });
  await expect(knocks.from('us', 'them')).rejects.toMatchObject({ code: 'leg_unknown' });
});
