import { expect, it } from 'vitest';
import { byName } from './by-name.ts';

it('sorts names as people do: numbers by their value, capitals and accents with their letters', () => {
  const names = ['Team 10', 'Zoë', 'Team 5', 'Écoute', 'bob', 'Ada', 'Team 15'];
  const sorted = byName(names.map((name) => ({ name }))).map(({ name }) => name);
  expect(sorted).toEqual(['Ada', 'bob', 'Écoute', 'Team 5', 'Team 10', 'Team 15', 'Zoë']);
});
