import type { Logger } from 'pino';
import type { AskFailed } from '../callback/request.ts';
import type { Ledger, OwedCallback } from '../journal/ledger.ts';
import { newSid } from '../sid.ts';
import { keptReply, type Exchange } from '../twiml/problem.ts';
import type { NoticeRecord } from './notice-record.ts';

/** What of an application's answer is kept, in characters. */
const MOST_BODY = 4_000;

/** Twilio's "Call Progress: Warning Response to Callback URL". */
const CALLBACK_ANSWER = 15_003;

/** What a TwimlProblem is, and other things that go wrong. */
interface Problem {
  code: number;
  message: string;
  exchange: Exchange | null;
}

/** Keeps what goes wrong with calls, for the Notifications resource, and logs it. */
export class Notices {
  readonly #ledger: Ledger;
  readonly #log: Logger;

  constructor(ledger: Ledger, log: Logger) {
    this.#ledger = ledger;
    this.#log = log;
  }

  add(callSid: string | null, problem: Problem, level: NoticeRecord['level'] = 'error'): void {
    const { code, message, exchange } = problem;
    const reply = exchange?.reply ?? null;
    this.#log.warn({ call: callSid, code, level, url: exchange?.url }, message);
    this.#ledger.notices.save({
      sid: newSid('NO'),
      callSid,
      level,
      code,
      message,
      createdAt: Date.now(),
      request: exchange && {
        url: exchange.url,
        method: exchange.method,
        variables: new URLSearchParams(exchange.fields).toString(),
      },
      response: reply && {
        headers: new URLSearchParams(reply.headers).toString(),
        body: reply.body.slice(0, MOST_BODY),
      },
    });
  }

  /**
   * A status callback that was given up. An answer that is no yes is a warning (15003), no answer
   * an error (11200, 11205), as on Twilio.
   */
  addCallback({ url, method, fields }: OwedCallback, error: AskFailed): void {
    const { code, message, status } = error;
    const reply = error.reply && keptReply(error.reply);
    const exchange = { url, method, fields, reply };
    const answered = status !== null;
    const problem = { code: answered ? CALLBACK_ANSWER : code, message, exchange };
    this.add(fields.CallSid ?? null, problem, answered ? 'warning' : 'error');
  }
}
