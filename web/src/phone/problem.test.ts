import { expect, it } from 'vitest';
import { PhoneError, problemOf } from './problem.ts';

const coded = (code: string) => Object.assign(new Error('words'), { code });

it('tells apart what people have to do something different about', () => {
  expect(problemOf(coded('network'))).toEqual({ kind: 'offline' });
  expect(problemOf(coded('auth.required'))).toEqual({ kind: 'session_expired' });
  expect(problemOf(coded('call.agent_busy'))).toEqual({
    kind: 'refused',
    code: 'call.agent_busy',
    message: 'words',
  });
  expect(problemOf(new PhoneError({ kind: 'offline' }))).toEqual({ kind: 'offline' });
  expect(problemOf('odd')).toEqual({ kind: 'line', detail: 'odd' });
});
