/** Why TwiML cannot be carried out, with Twilio's code (https://www.twilio.com/docs/api/errors). */
export class TwimlProblem extends Error {
  readonly code: number;

  constructor(code: number, message: string) {
    super(message);
    this.name = 'TwimlProblem';
    this.code = code;
  }
}

export const TWIML = {
  retrieval: 11_200,
  parse: 12_100,
  schema: 12_200,
  contentType: 12_300,
  dialNested: 13_201,
  dialCallerId: 13_214,
  conferenceAttribute: 13_230,
  playFile: 13_420,
  redirectUrl: 13_610,
} as const;
