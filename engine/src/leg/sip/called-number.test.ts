import { describe, expect, it } from 'vitest';
import { Headers } from '../../sip/message/headers.ts';
import { parseNameAddress } from '../../sip/message/address.ts';
import { callingNumber, ownNumber } from './called-number.ts';

const OURS = ['+442079460000', '+442079460001', '+12025550100'];

describe('the number that is called', () => {
  it.each([
    ['+442079460000', '+442079460000'],
    ['442079460000', '+442079460000'],
    ['00442079460001', '+442079460001'],
    ['02079460001', '+442079460001'],
    ['2025550100', '+12025550100'],
    ['+44 (20) 7946-0000', '+442079460000'],
    ['+442079469999', null],
    ['460000', '+442079460000'],
    // Too short: it could be the end of anybody's number.
    ['0000', null],
    ['ada', null],
    ['', null],
  ])('%s is %s', (user, number) => expect(ownNumber(user, OURS)).toBe(number));

  it('that could be two of ours is none', () => {
    expect(ownNumber('5550100', ['+12025550100', '+442025550100'])).toBeNull();
  });
});

describe('the number that calls', () => {
  const from = parseNameAddress('"Ada" <sip:447700900001@198.51.100.1>;tag=1');
  const calling = (...lines: [string, string][]) => {
    const headers = new Headers();
    for (const [name, value] of lines) headers.append(name, value);
    return callingNumber({ from, headers });
  };

  it('is what the network asserts, before what the caller says', () => {
    expect(calling()).toBe('+447700900001');
    expect(calling(['P-Asserted-Identity', '<sip:+15550001111@x.example>'])).toBe('+15550001111');
    expect(calling(['P-Asserted-Identity', '<tel:0044201234567>'])).toBe('+44201234567');
  });

  it('is left in the national form, whose country nobody knows', () => {
    expect(calling(['P-Asserted-Identity', '<sip:02079460000@x.example>'])).toBe('02079460000');
  });

  it('is withheld where the caller wants that', () => {
    const asserted: [string, string] = ['P-Asserted-Identity', '<sip:+15550001111@x.example>'];
    expect(calling(asserted, ['Privacy', 'id'])).toBe('+266696687');
  });
});
