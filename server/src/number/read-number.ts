import {
  type CountryCode,
  isSupportedCountry,
  ParseError,
  parsePhoneNumberWithError,
  type PhoneNumber,
} from 'libphonenumber-js/max';
import { isDramaNumber, type ReadNumber } from '../call/dial-rules.ts';

export interface NumberOnPaper extends ReadNumber {
  national: string | null;
  international: string | null;
  /** "mobile, United Kingdom"; null when there is nothing to say. */
  description: string | null;
}

const TYPES: Record<string, string> = {
  MOBILE: 'mobile',
  FIXED_LINE: 'landline',
  FIXED_LINE_OR_MOBILE: 'landline or mobile',
  TOLL_FREE: 'freephone',
  SHARED_COST: 'shared cost',
  PREMIUM_RATE: 'premium rate',
  VOIP: 'internet phone',
  PERSONAL_NUMBER: 'personal number',
  PAGER: 'pager',
  UAN: 'company number',
  VOICEMAIL: 'voicemail',
};

const countryNames = new Intl.DisplayNames(['en-GB'], { type: 'region' });

/** Reads "07700 900001", "+44 7700 900001", "0044…", "+33 …" as a number of `country` or its own. */
export function readNumber(text: string, country: string): NumberOnPaper {
  const typedDigits = text.replace(/\D/g, '');
  const parsed = parse(text, country);
  if (typeof parsed === 'string') {
    return {
      typedDigits,
      e164: null,
      wrongLength: parsed === 'wrong_length',
      nationalDigits: null,
      country: null,
      exists: false,
      premiumByPlan: false,
      hasExtension: false,
      national: null,
      international: null,
      description: null,
    };
  }
  const drama = isDramaNumber(parsed.number);
  const region = drama ? 'GB' : (parsed.country ?? null);
  return {
    typedDigits,
    e164: parsed.number,
    wrongLength: false,
    nationalDigits: parsed.nationalNumber,
    country: region,
    exists: drama || parsed.isValid(),
    premiumByPlan: parsed.getType() === 'PREMIUM_RATE',
    hasExtension: parsed.ext !== undefined,
    national: drama ? dramaNational(parsed.nationalNumber) : parsed.formatNational(),
    international: parsed.formatInternational(),
    description: describe(drama ? 'mobile' : TYPES[parsed.getType() ?? ''], region),
  };
}

function parse(text: string, country: string): PhoneNumber | 'unreadable' | 'wrong_length' {
  try {
    return parsePhoneNumberWithError(text.trim(), {
      ...(isSupportedCountry(country) ? { defaultCountry: country satisfies CountryCode } : {}),
      extract: false,
    });
  } catch (error) {
    if (!(error instanceof ParseError)) throw error;
    return error.message === 'TOO_SHORT' || error.message === 'TOO_LONG'
      ? 'wrong_length'
      : 'unreadable';
  }
}

/** The library formats numbers it calls invalid by guesswork. */
function dramaNational(nationalNumber: string): string {
  return `0${nationalNumber.slice(0, 4)} ${nationalNumber.slice(4)}`;
}

function describe(type: string | undefined, region: string | null): string | null {
  const place = region === null ? undefined : countryNames.of(region);
  const parts = [type, place].filter((part) => part !== undefined);
  return parts.length === 0 ? null : parts.join(', ');
}
