import { describe, expect, it } from 'vitest';
import { callerIdFor, writeNumber } from './number-rules.ts';

const UK = { prefix: '+44', strip: 3, prepend: '0' };
const WORLD = { prefix: '+', strip: 1, prepend: '00' };

describe('how a number is written for a trunk', () => {
  it.each([
    [[], '+442079460000', '+442079460000'],
    [[UK, WORLD], '+442079460000', '02079460000'],
    [[UK, WORLD], '+33140000000', '0033140000000'],
    [[WORLD, UK], '+442079460000', '00442079460000'],
    [[UK], '+33140000000', null],
    [[{ prefix: '+', strip: 0, prepend: '9#' }], '+33140000000', '9#+33140000000'],
  ])('%j %s → %s', (rules, number, written) => {
    expect(writeNumber(rules, number)).toBe(written);
  });
});

describe('the caller id', () => {
  it('is one of the trunk’s own, where it has any', () => {
    const callerIds = ['+441', '+442'];
    expect(callerIdFor({ callerIds, username: 'ada' }, '+442')).toBe('+442');
    expect(callerIdFor({ callerIds, username: 'ada' }, '+443')).toBe('+441');
    expect(callerIdFor({ callerIds: [], username: 'ada' }, '+443')).toBe('+443');
  });

  it('is the user name in place of a number that is nobody’s, where no other is known', () => {
    const nobodys = '+447700900000';
    expect(callerIdFor({ callerIds: [], username: 'ada' }, nobodys)).toBe('ada');
    expect(callerIdFor({ callerIds: [], username: null }, nobodys)).toBe(nobodys);
    expect(callerIdFor({ callerIds: [nobodys], username: 'ada' }, nobodys)).toBe(nobodys);
  });
});
