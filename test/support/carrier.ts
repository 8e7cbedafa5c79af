import { ACCOUNT } from './boot.ts';

export interface CarrierCall {
  sid: string;
  to: string;
  status: string;
}

const OVER = ['completed', 'busy', 'failed', 'no-answer', 'canceled'];

/** What the carrier itself says about its calls, whatever our records hold. */
export class CarrierSide {
  constructor(private readonly engineUrl: string) {}

  /** Every call there ever was to this number, newest first. */
  async callsTo(number: string): Promise<CarrierCall[]> {
    return (await this.#calls()).filter(({ to }) => to === number);
  }

  async running(): Promise<CarrierCall[]> {
    return (await this.#calls()).filter(({ status }) => !OVER.includes(status));
  }

  async #calls(): Promise<CarrierCall[]> {
    const { TWILIO_ACCOUNT_SID: sid, TWILIO_AUTH_TOKEN: token } = ACCOUNT;
    const path = `/2010-04-01/Accounts/${sid}/Calls.json?PageSize=1000`;
    const authorization = `Basic ${Buffer.from(`${sid}:${token}`).toString('base64')}`;
    const answer = await fetch(new URL(path, this.engineUrl), { headers: { authorization } });
    if (answer.status !== 200) throw new Error(`the carrier answered ${answer.status}`);
    return ((await answer.json()) as { calls: CarrierCall[] }).calls;
  }
}
