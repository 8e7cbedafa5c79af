import { sql } from 'kysely';
import type { SipPhone, SipPhoneCreated } from '@offhook/contract';
import type { SipPhonesConfig } from '../config/config.ts';
import type { Db } from '../db/database.ts';
import { Problem } from '../problem.ts';
import type { Asker } from './asker.ts';
import { audit } from './audit.ts';
import { lockPeople, readPerson } from './people.ts';
import { mustBeOneself } from './permissions.ts';
import { newPhonePassword } from './phone-password.ts';
import { isCredentialInUse, keptUsername, takeSipPhone } from './sip-phone-rows.ts';

/** What the carrier knows phones by. Each rejects with a Problem when the carrier cannot be asked. */
export interface PhoneCredentials {
  /** Makes the username's credential, or gives it another password. Answers with its sid. */
  set(username: string, password: string): Promise<string>;
  /** Harmless when there is none. */
  remove(credentialSid: string): Promise<void>;
}

/**
 * SIP phones in place of the browser: everybody chooses for themselves, administrators for all.
 * Where an asker is given, each throws `auth.forbidden` for others and `person.not_found`.
 */
export interface SipPhones {
  /** `pageHost`: how the asker reaches us. Throws `sip_phone.not_found`. */
  get(asker: Asker, personId: string, pageHost: string): Promise<SipPhone>;
  /** Throws `sip_phone.not_offered`, `auth.deactivated`, `carrier.unavailable`. */
  give(asker: Asker, personId: string, pageHost: string): Promise<SipPhoneCreated>;
  /** Harmless where there is none. */
  take(asker: Asker, personId: string): Promise<void>;
  /** The username of the phone that this person's calls ring; null: they call with the browser. */
  usernameOf(personId: string): Promise<string | null>;
  /** A credential that was taken away, unless somebody has it again. */
  forget(credentialSid: string): Promise<void>;
}

export interface SipPhonesParts {
  db: Db;
  /** Null: nobody has one. */
  offered: { config: SipPhonesConfig; credentials: PhoneCredentials } | null;
}

export function createSipPhones({ db, offered }: SipPhonesParts): SipPhones {
  const settings = ({ config }: NonNullable<typeof offered>, username: string, host: string) => ({
    username,
    domain: config.domain,
    server: config.server.host ?? host,
    port: config.server.port,
  });

  return {
    async get(asker, personId, pageHost) {
      mustBeOneself(asker, personId, 'administrator');
      const person = await readPerson(db, personId);
      const { sip_username: username, sip_credential_sid: sid } = person;
      if (offered === null || username === null || sid === null) {
        throw new Problem('sip_phone.not_found', `${person.name} calls with the browser.`);
      }
      return settings(offered, username, pageHost);
    },
    async give(asker, personId, pageHost) {
      mustBeOneself(asker, personId, 'administrator');
      if (offered === null) throw notOffered();
      const { username, isNew } = await db.transaction().execute(async (trx) => {
        await lockPeople(trx);
        const person = await readPerson(trx, personId);
        if (!person.active) throw deactivated(person.name);
        const isFirst = person.sip_credential_sid === null;
        return { username: await keptUsername(trx, person), isNew: isFirst };
      });
      const password = newPhonePassword();
      const sid = await offered.credentials.set(username, password);
      await db.transaction().execute(async (trx) => {
        await trx
          .updateTable('person')
          .set({ sip_credential_sid: sid, updated_at: sql<Date>`now()` })
          .where('id', '=', personId)
          .execute();
        await audit(trx, {
          action: isNew ? 'sip_phone.given' : 'sip_phone.password_changed',
          personId: asker.personId,
          subject: personId,
          detail: { username },
        });
      });
      return { sipPhone: settings(offered, username, pageHost), password };
    },
    async take(asker, personId) {
      mustBeOneself(asker, personId, 'administrator');
      await db.transaction().execute(async (trx) => {
        await readPerson(trx, personId);
        if (!(await takeSipPhone(trx, personId))) return;
        await audit(trx, {
          action: 'sip_phone.taken',
          personId: asker.personId,
          subject: personId,
        });
      });
    },
    async usernameOf(personId) {
      if (offered === null) return null;
      const person = await readPerson(db, personId);
      return person.sip_credential_sid === null ? null : person.sip_username;
    },
    async forget(credentialSid) {
      if (await isCredentialInUse(db, credentialSid)) return;
      await offered?.credentials.remove(credentialSid);
    },
  };
}

function notOffered(): Problem {
  return new Problem(
    'sip_phone.not_offered',
    'This Offhook has no SIP domain for phones. Your administrator can set one up (TWILIO_SIP_DOMAIN in the README).',
  );
}

function deactivated(name: string): Problem {
  return new Problem('auth.deactivated', `${name} is deactivated and cannot have a phone.`);
}
