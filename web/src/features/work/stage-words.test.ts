import { describe, expect, it } from 'vitest';
import { QUIET, after, type CurrentCall } from '../../phone/phone-state.ts';
import { overdueWords, tabWords } from './stage-words.ts';

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

describe('the tab', () => {
  it.each([
    ['ringing', false, '0:03', 'Ringing · Ada · Offhook'],
    ['connected', false, '2:14', '● 2:14 Ada · Offhook'],
    ['connected', true, '2:14', 'Ending · Ada · Offhook'],
  ] as const)('of a call that is %s, End pressed: %s', (stage, ending, time, words) => {
    expect(tabWords(aCall({ stage, ending }), 'Ada', time)).toBe(words);
  });
});
