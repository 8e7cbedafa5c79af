import type { Twilio } from 'twilio';
import { Problem } from '../problem.ts';
import { orNullIf404 } from './carrier.ts';
import { mapError } from './map-error.ts';

/** As many as a list can hold, https://www.twilio.com/docs/voice/api/sip-credential-resource */
const MOST = 1000;

/** Agents' SIP phones as the carrier knows them: credentials in the list of our SIP domain. */
export class CarrierPhones {
  constructor(
    private readonly client: Twilio,
    private readonly credentialListSid: string,
  ) {}

  /** Makes the username's credential, or gives it another password. Answers with its sid. */
  async set(username: string, password: string): Promise<string> {
    return orProblem(async () => {
      const { credentials } = this.list;
      // Looked for rather than remembered: one that was made just before a crash is nowhere noted.
      const known = await credentials.list({ limit: MOST });
      const old = known.find((credential) => credential.username === username);
      const made = old
        ? await this.list.credentials(old.sid).update({ password })
        : await credentials.create({ username, password });
      return made.sid;
    });
  }

  /** Harmless when there is none. */
  async remove(credentialSid: string): Promise<void> {
    await orProblem(() => orNullIf404(this.list.credentials(credentialSid).remove()));
  }

  private get list() {
    return this.client.sip.credentialLists(this.credentialListSid);
  }
}

async function orProblem<T>(asking: () => Promise<T>): Promise<T> {
  try {
    return await asking();
  } catch (error) {
    const { message } = mapError(error);
    throw new Problem(
      'carrier.unavailable',
      `The carrier could not be asked about this phone, and nothing has changed (${message}). Try again in a moment.`,
    );
  }
}
