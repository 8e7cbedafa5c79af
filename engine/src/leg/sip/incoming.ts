import { randomUUID } from 'node:crypto';
import type { VoiceSettings } from '../../account/account-record.ts';
import { voiceSource } from '../../account/account.ts';
import type { Ledger } from '../../journal/ledger.ts';
import type { Authentication } from '../../registrar/authentication.ts';
import type { Directory } from '../../registrar/directory.ts';
import type { SipDomainRecord } from '../../registrar/sip-records.ts';
import { SdpRefused } from '../../sip/sdp/offer-answer.ts';
import type { IncomingCall } from '../../sip/user-agent/calls.ts';
import type { TrunkRecord } from '../../trunk/trunk-record.ts';
import type { Trunks } from '../../trunk/trunks.ts';
import type { TwimlRunner } from '../../twiml/runner.ts';
import { CallRefused, type Switchboard } from '../switchboard.ts';
import type { SipLineParts } from './attempt.ts';
import { calledNumber, callingNumber, sipAddress, sipFields } from './called-number.ts';
import { IncomingLine } from './incoming-line.ts';
import { PHONE_TERMS, type SoundTerms } from './sip-sound.ts';
import { trunkOf } from './trunk-of-call.ts';

export interface IncomingParts extends SipLineParts {
  ledger: Ledger;
  switchboard: Switchboard;
  runner: TwimlRunner;
  trunks: Pick<Trunks, 'at' | 'take'>;
  directory: Directory;
  authentication: Authentication;
  /** Whether the engine can carry one more. */
  hasRoom: () => boolean;
}

/** A call that may come in: what the application is told, and who is asked what to do with it. */
interface Arrival {
  from: string;
  to: string;
  fields: Record<string, string>;
  voice: VoiceSettings;
  terms: SoundTerms;
  /** Called once, when the call is over. */
  release: () => void;
}

/** Takes the calls that trunks and agents' phones make to us. */
export class IncomingCalls {
  readonly #parts: IncomingParts;

  constructor(parts: IncomingParts) {
    this.#parts = parts;
  }

  /** Who may say anything to us: a trunk's address, or somebody of one of our domains. */
  knows(from: { address: string; host: string }): boolean {
    const { trunks, directory } = this.#parts;
    return trunks.at(from.address).length > 0 || directory.domain(from.host) !== undefined;
  }

  invited(call: IncomingCall): void {
    const { trunks, directory, log, hasRoom } = this.#parts;
    const trunk = trunkOf(call, trunks.at(call.source.address));
    const domain = directory.domain(call.from.uri.host);
    const arrival =
      domain !== undefined
        ? this.#fromPhone(call, domain)
        : trunk !== null
          ? this.#fromTrunk(call, trunk)
          : null;
    if (arrival === null) return call.hangUp(NOT_FOUND);
    if (arrival === 'refused') return;
    if (!hasRoom()) {
      arrival.release();
      return call.hangUp(UNAVAILABLE, RETRY_AFTER);
    }
    this.#receive(call, arrival).catch((error: unknown) => {
      log.error({ err: error, callId: call.callId }, 'a call could not be taken in');
      call.hangUp(SERVER_ERROR);
    });
  }

  #fromTrunk(call: IncomingCall, trunk: TrunkRecord): Arrival | 'refused' | null {
    const { ledger, trunks } = this.#parts;
    const numbers = [...ledger.numbers.values()];
    const called = calledNumber(
      call,
      numbers.map(({ phoneNumber }) => phoneNumber),
    );
    const number = numbers.find(({ phoneNumber }) => phoneNumber === called);
    if (number === undefined) return null;
    const release = trunks.take(trunk.sid);
    if (release === null) {
      call.hangUp(UNAVAILABLE);
      return 'refused';
    }
    const { voiceApplicationSid: app } = number;
    return {
      from: callingNumber(call),
      to: number.phoneNumber,
      fields: sipFields(call),
      voice: (app === null ? undefined : ledger.applications.get(app)) ?? number,
      terms: { laws: trunk.codecs, srtp: trunk.srtp },
      release,
    };
  }

  #fromPhone(call: IncomingCall, domain: SipDomainRecord): Arrival | 'refused' {
    const proof = this.#parts.authentication.check(
      { method: 'INVITE', uri: call.uri, headers: call.headers, source: call.source },
      domain,
      'call',
    );
    // RFC 3261 §22.4: nobody calls under another's name.
    if (!proof.ok || proof.username !== call.from.uri.user) {
      if (proof.ok) call.hangUp(FORBIDDEN);
      else call.hangUp(proof.status, proof.headers);
      return 'refused';
    }
    return {
      from: sipAddress(call.from.uri),
      to: sipAddress(call.uri),
      fields: { ...sipFields(call), SipDomain: domain.domainName, SipDomainSid: domain.sid },
      voice: domain,
      terms: PHONE_TERMS,
      release: () => undefined,
    };
  }

  async #receive(call: IncomingCall, arrival: Arrival): Promise<void> {
    const { from, to, fields, voice, terms, release } = arrival;
    const source = voiceSource(voice);
    if (source === null) {
      release();
      return call.hangUp(NOT_FOUND);
    }
    let line: IncomingLine;
    try {
      line = await IncomingLine.open(call, randomUUID(), terms, this.#parts, release);
    } catch (error) {
      if (!(error instanceof SdpRefused)) throw error;
      return call.hangUp(NOT_ACCEPTABLE);
    }
    try {
      const { switchboard, runner } = this.#parts;
      const taken = switchboard.receive({ from, to, parameters: fields }, () => line);
      if (voice.statusCallback !== null) {
        const { statusCallback: url, statusCallbackMethod: method } = voice;
        taken.setCallback({ url, method, events: ['completed'] });
      }
      line.attach(taken);
      if (taken.over) return;
      // The application may take its time: the caller is to hear that the call has arrived.
      line.ring();
      runner.run(taken, source);
    } catch (error) {
      if (error instanceof CallRefused) call.hangUp(UNAVAILABLE, RETRY_AFTER);
      line.close({ status: 'failed', sipCode: UNAVAILABLE });
      if (!(error instanceof CallRefused)) throw error;
    }
  }
}

/** RFC 3261 §21.4.4, §21.4.5, §21.4.26, §21.5.1, §21.5.4. */
const FORBIDDEN = 403;
const NOT_FOUND = 404;
const NOT_ACCEPTABLE = 488;
const SERVER_ERROR = 500;
const UNAVAILABLE = 503;
/** Seconds: what is too much now may be tried again soon (§20.33). */
const RETRY_AFTER = [['Retry-After', '1']] as const;
