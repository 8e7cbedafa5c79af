import { describe, expect, it } from 'vitest';
import { QUIET, after, type CurrentCall } from '../../phone/phone-state.ts';
import { overdueWords } from './stage-words.ts';

const begun = after(QUIET, { kind: 'dialled', to: '07700 900001', phone: 'browser' }).current;

function aCall(more: Partial<CurrentCall>): CurrentCall {
  if (begun === null) throw new Error('nothing was dialled');
  return { ...begun, ...more };
}

describe('an end that takes long', () => {
  it.each([
    ['connected', 'browser', true, 'The server has not answered yet. Your microphone is off;'],
    ['ending', 'browser', true, 'has not confirmed the end yet. Your microphone is off;'],
    ['ending', 'browser', false, 'has not confirmed the end yet. Offhook keeps trying'],
    ['ending', 'sip', false, 'has not confirmed the end yet. You can put your phone down;'],
    ['microphone', 'browser', true, 'Nobody was called.'],
  ] as const)('of a call that is %s, on a %s, here: %s', (stage, phone, here, words) => {
    expect(overdueWords(aCall({ stage, phone, here }))).toContain(words);
  });
});
