import { expect, it } from 'vitest';
import { keyOfInfo } from './key-info.ts';

it.each([
  ['application/dtmf-relay', 'Signal=5\r\nDuration=160\r\n', '5'],
  ['application/dtmf-relay', 'Signal= *\r\nDuration= 250', '*'],
  ['Application/DTMF-Relay; charset=x', 'signal=11', '#'],
  ['application/dtmf-relay', 'Signal=10', '*'],
  ['application/dtmf', '7', '7'],
  ['application/dtmf', 'd\r\n', 'D'],
  ['application/dtmf', 'hello', null],
  ['application/dtmf-relay', 'Duration=160', null],
  ['text/plain', '5', null],
])('%s with %j is the key %s', (type, body, key) => expect(keyOfInfo(type, body)).toBe(key));
