import type { HttpMethod, Reply } from '../callback/request.ts';

/** The request to an application that led to a problem. */
export interface Exchange {
  url: string;
  method: HttpMethod;
  fields: Readonly<Record<string, string>>;
  /** What it answered, as far as it did. */
  reply: { status: number; headers: Readonly<Record<string, string>>; body: string } | null;
}

/** Why TwiML cannot be carried out, with Twilio's code (https://www.twilio.com/docs/api/errors). */
export class TwimlProblem extends Error {
  readonly code: number;
  /** Null until somebody knows which document it came from. */
  exchange: Exchange | null;

  constructor(code: number, message: string, exchange: Exchange | null = null) {
    super(message);
    this.name = 'TwimlProblem';
    this.code = code;
    this.exchange = exchange;
  }
}

/** An answer as a notification shows it. */
export function keptReply({ status, headers, body }: Reply): Exchange['reply'] {
  const flat = Object.entries(headers).map(([name, value]) => [name, [value].flat().join(', ')]);
  return {
    status,
    headers: Object.fromEntries(flat) as Record<string, string>,
    body: body.toString('utf8'),
  };
}

/** For documents; what is wrong with an attribute has codes of its own (attribute-codes.ts). */
export const TWIML = {
  url: 11_100,
  retrieval: 11_200,
  parse: 12_100,
  root: 12_102,
  schema: 12_200,
  contentType: 12_300,
  dialCallerId: 13_214,
  dialNested: 13_215,
  dialNumber: 13_224,
  conferenceVerb: 13_238,
  sipAddress: 13_243,
  sipCredentials: 13_249,
  gatherNested: 13_320,
  playFile: 13_420,
  sayVoice: 13_511,
  sayLanguage: 13_512,
  sayText: 13_520,
  sayLength: 13_521,
  /** Ours: Twilio documents no code for documents that send a call round for ever. */
  redirectLoop: 12_200,
} as const;
