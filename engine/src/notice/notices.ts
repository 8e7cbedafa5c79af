import type { Logger } from 'pino';
import type { Ledger } from '../journal/ledger.ts';
import { newSid } from '../sid.ts';
import type { TwimlProblem } from '../twiml/problem.ts';
import type { NoticeRecord } from './notice-record.ts';

/** What of an application's answer is kept, in characters. */
const MOST_BODY = 4_000;

/** Keeps what goes wrong with calls, for the Notifications resource, and logs it. */
export class Notices {
  readonly #ledger: Ledger;
  readonly #log: Logger;

  constructor(ledger: Ledger, log: Logger) {
    this.#ledger = ledger;
    this.#log = log;
  }

  add(callSid: string, problem: TwimlProblem, level: NoticeRecord['level'] = 'error'): void {
    const { code, message, exchange } = problem;
    const reply = exchange?.reply ?? null;
    this.#log.warn({ call: callSid, code, level, url: exchange?.url }, message);
    this.#ledger.saveNotice({
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
}
