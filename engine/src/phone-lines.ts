import type { Logger } from 'pino';
import type { Admission } from './api/admission.ts';
import type { Ledger } from './journal/ledger.ts';
import type { SipLineParts } from './leg/sip/attempt.ts';
import { IncomingCalls } from './leg/sip/incoming.ts';
import { sipLines } from './leg/sip/sip-lines.ts';
import type { Switchboard } from './leg/switchboard.ts';
import type { MediaLink } from './media-link.ts';
import type { Notices } from './notice/notices.ts';
import { Authentication } from './registrar/authentication.ts';
import { Bindings } from './registrar/bindings.ts';
import { Directory } from './registrar/directory.ts';
import { Registrar } from './registrar/registrar.ts';
import { fromOf } from './sip/message/fields.ts';
import type { Telephony } from './telephony.ts';
import { TwimlProblem } from './twiml/problem.ts';
import type { TwimlRunner } from './twiml/runner.ts';

export interface PhoneLinesParts {
  /** Seals the challenges that phones get. */
  authToken: string;
  telephony: Telephony;
  ledger: Ledger;
  switchboard: Switchboard;
  media: MediaLink;
  runner: TwimlRunner;
  admission: Pick<Admission, 'take'>;
  notices: Notices;
}

export interface PhoneLines {
  /** How many phones are registered. */
  readonly registrations: number;
  /** Opens SIP when there is somebody whose phone could register; asked again when that changes. */
  expectPhones(): void;
}

/** Calls by SIP: over trunks, to and from agents' phones, to addresses elsewhere. */
export function addPhoneLines(parts: PhoneLinesParts, log: Logger): PhoneLines {
  const { telephony, ledger, switchboard, media, notices, admission } = parts;
  const { sip, trunks } = telephony;
  const directory = new Directory(ledger);
  const authentication = new Authentication(directory, parts.authToken);
  const bindings = new Bindings();
  const registrar = new Registrar(directory, authentication, bindings);
  const notice: SipLineParts['notice'] = (sid, { code, message }, level) =>
    notices.add(sid, new TwimlProblem(code, message), level);
  const line = { sip, media, dialogs: ledger.dialogs, log, notice };
  const phones = { directory, authentication, hasRoom: () => admission.take() };
  const calls = new IncomingCalls({ ...parts, ...line, ...phones, trunks });
  sip.listener = {
    invited: (call) => calls.invited(call),
    admits: ({ headers, source }) =>
      calls.knows({ address: source.address, host: fromOf({ headers }).uri.host }),
    foreign: (request) => registrar.take(request),
  };
  switchboard.addLines(sipLines({ trunks, directory, bindings, resolve: telephony.resolve }, line));
  return {
    get registrations() {
      return bindings.count(Date.now());
    },
    expectPhones: () => {
      // Why it cannot be opened is in the log, in words; a trunk's state says it too.
      if (directory.inUse)
        sip.ready().catch((error: unknown) => log.warn({ err: error }, 'phones cannot register'));
    },
  };
}
