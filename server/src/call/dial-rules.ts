import type { NumberAnswer } from '@offhook/contract';

/** A number as it was understood; reading it happens elsewhere (number/). */
export interface ReadNumber {
  /** The digits as typed, without anything else. */
  typedDigits: string;
  /** Null when no number can be read. */
  e164: string | null;
  /** With `e164` null: it is digits all right, but too few or too many for any number. */
  wrongLength: boolean;
  /** The digits behind the country code. */
  nationalDigits: string | null;
  /** "GB"; null where the number does not say. */
  country: string | null;
  /** Whether any phone may have it, as far as the numbering plans go. */
  exists: boolean;
  /** The numbering plan of its country calls it premium rate. */
  premiumByPlan: boolean;
  /** An extension was typed behind it. */
  hasExtension: boolean;
}

/** What this installation lets people dial; see config.ts for the words. */
export interface DialRules {
  country: string;
  allowDramaNumbers: boolean;
  emergencyNumbers: readonly string[];
  premiumPrefixes: readonly string[];
  notPremiumPrefixes: readonly string[];
  blockedPrefixes: readonly string[];
}

export type DialProblem = NonNullable<NumberAnswer['problem']>;

/** Ofcom's mobile numbers for drama, 07700 900000 to 900999: nobody will ever have one. */
export function isDramaNumber(e164: string): boolean {
  return /^\+447700900\d{3}$/.test(e164);
}

/** Why a number may not be dialled; null when it may. */
export function dialProblem(read: ReadNumber, rules: DialRules): DialProblem | null {
  // First, because most emergency numbers are too short to be anything else.
  if (isEmergency(read, rules)) {
    return problem(
      'number.emergency',
      'Emergency numbers cannot be called from here. Use a mobile or a desk phone.',
    );
  }
  if (read.e164 === null) {
    if (read.wrongLength) return impossible();
    return problem('number.unreadable', 'This is not a phone number we can read.');
  }
  if (read.hasExtension) {
    return problem(
      'number.unreadable',
      'An extension cannot be dialled with the number. Call the number, then use the keypad.',
    );
  }
  if (isDramaNumber(read.e164)) return dramaProblem(rules);
  const { e164 } = read;
  if (isPremium(read, e164, rules)) {
    return problem('number.premium_rate', 'Premium-rate numbers may not be called from here.');
  }
  if (!read.exists) return impossible();
  if (startsWithOne(e164, rules.blockedPrefixes)) {
    return problem('number.not_allowed', 'Numbers like this one may not be called from here.');
  }
  return null;
}

function impossible(): DialProblem {
  return problem('number.impossible', 'No phone can have this number. Check the digits.');
}

function dramaProblem({ allowDramaNumbers }: DialRules): DialProblem | null {
  if (allowDramaNumbers) return null;
  return problem(
    'number.reserved_for_drama',
    'This number is reserved for films and television; nobody can answer it.',
  );
}

function isEmergency({ typedDigits, nationalDigits }: ReadNumber, rules: DialRules): boolean {
  return rules.emergencyNumbers.some(
    (number) => number === typedDigits || number === nationalDigits,
  );
}

/** By our own list, or by the numbering plan of whichever country, but for those we except. */
function isPremium({ premiumByPlan }: ReadNumber, e164: string, rules: DialRules): boolean {
  if (startsWithOne(e164, rules.premiumPrefixes)) return true;
  return premiumByPlan && !startsWithOne(e164, rules.notPremiumPrefixes);
}

function startsWithOne(e164: string, prefixes: readonly string[]): boolean {
  return prefixes.some((prefix) => e164.startsWith(prefix));
}

function problem(code: DialProblem['code'], message: string): DialProblem {
  return { code, message };
}
