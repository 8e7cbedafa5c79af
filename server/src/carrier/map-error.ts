import twilio from 'twilio';
import type { Detail, NotDialledWhy } from '../call/facts.ts';

/** What an error of a REST command says about whether the carrier did it. */
export type Verdict =
  /** It answered, and did not do it. */
  | { kind: 'refused'; status: number; code: number | null; message: string }
  /** The request never got there. */
  | { kind: 'unreachable'; message: string }
  /** It may have been done: no answer came, or one that says nothing. */
  | { kind: 'unknown'; message: string };

/** No connection came about, so nothing was asked. */
const NEVER_SENT = new Set([
  'ECONNREFUSED',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'CERT_HAS_EXPIRED',
  'DEPTH_ZERO_SELF_SIGNED_CERT',
]);

export function mapError(error: unknown): Verdict {
  if (error instanceof twilio.RestException) {
    const { status, message } = error;
    const code = error.code ?? null;
    if (status >= 400 && status < 500) return { kind: 'refused', status, code, message };
    return { kind: 'unknown', message: `HTTP ${status}: ${message}` };
  }
  const message = error instanceof Error ? error.message : String(error);
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  return { kind: NEVER_SENT.has(code) ? 'unreachable' : 'unknown', message };
}

/** https://www.twilio.com/docs/api/errors: the number, rather than our right to call it. */
const NO_SUCH_NUMBER = new Set([21211, 21214, 21217]);
const NOT_FOUND = 20404;

/** Why a customer was not dialled; null when nobody knows whether. */
export function whyNotDialled(verdict: Verdict): { why: NotDialledWhy; detail: Detail } | null {
  switch (verdict.kind) {
    case 'unreachable':
      return { why: 'failed', detail: { message: verdict.message } };
    case 'unknown':
      return null;
    case 'refused':
      return {
        why: whyRefused(verdict.code),
        detail: { status: verdict.status, code: verdict.code, message: verdict.message },
      };
  }
}

function whyRefused(code: number | null): NotDialledWhy {
  if (code === NOT_FOUND) return 'room_gone';
  return code !== null && NO_SUCH_NUMBER.has(code) ? 'not_in_service' : 'refused';
}
