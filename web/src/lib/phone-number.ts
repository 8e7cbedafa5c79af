import { parsePhoneNumberFromString } from 'libphonenumber-js/min';

/** "07700 900001" for numbers of the home country (two letters), "+33 1 …" for all others. */
export function showNumber(e164: string, home: string): string {
  const number = parsePhoneNumberFromString(e164);
  if (!number) return e164;
  return number.country === home || callingCodeIs(number.countryCallingCode, home)
    ? number.formatNational()
    : number.formatInternational();
}

/** Numbers that nobody can own (drama, demo) parse without a country. */
function callingCodeIs(code: string, home: string): boolean {
  return home === 'GB' && code === '44';
}
