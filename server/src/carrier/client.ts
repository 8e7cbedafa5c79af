import twilio, { type Twilio } from 'twilio';
import type RequestClient from 'twilio/lib/base/RequestClient.js';
import type { CarrierConfig } from '../config/config.ts';

const TWILIO_API = 'https://api.twilio.com';
/** A call waits for each answer, so an answer that takes longer is none. */
const ANSWER_MS = 15_000;

/** The official client, speaking to wherever `apiUrl` points. */
class RequestClientAt extends twilio.RequestClient {
  constructor(private readonly apiUrl: string) {
    super({ timeout: ANSWER_MS, keepAlive: true });
  }

  override request<T>(options: RequestClient.RequestOptions<T>) {
    const moved = { ...options };
    if (moved.uri.startsWith(TWILIO_API)) {
      moved.uri = this.apiUrl + moved.uri.slice(TWILIO_API.length);
    }
    return super.request<T>(moved);
  }
}

/** For those who hand it on: only this folder speaks the carrier's words. */
export type CarrierClient = Twilio;

export function carrierClient({ apiUrl, accountSid, authToken }: CarrierConfig): CarrierClient {
  return twilio(accountSid, authToken, { httpClient: new RequestClientAt(apiUrl) });
}
