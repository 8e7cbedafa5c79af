/**
 * The addresses the carrier calls us at. The fragment is Twilio's connection override: retry a
 * callback three times whatever went wrong; it is not part of the request nor of its signature.
 */
const INSIST = '#rc=3&rp=all';

export class CarrierAddresses {
  constructor(private readonly callbackUrl: string) {}

  /** What the carrier signs: our base and the request's own path and query. */
  signed(pathAndQuery: string): string {
    return `${this.callbackUrl}${pathAndQuery}`;
  }

  /** What an agent's SIP phone is to do; a browser's leg is asked for by the TwiML application. */
  voice(callId: string): string {
    return `${this.callbackUrl}/carrier/voice?call=${callId}`;
  }

  wait(): string {
    return `${this.callbackUrl}/carrier/wait`;
  }

  ringback(): string {
    return `${this.callbackUrl}/carrier/sounds/ringback.wav`;
  }

  hold(): string {
    return `${this.callbackUrl}/carrier/hold`;
  }

  holdMusic(): string {
    return `${this.callbackUrl}/carrier/sounds/hold-music.wav`;
  }

  leg(callId: string, legId: string): string {
    return `${this.callbackUrl}/carrier/leg?call=${callId}&leg=${legId}${INSIST}`;
  }

  conference(callId: string): string {
    return `${this.callbackUrl}/carrier/conference?call=${callId}${INSIST}`;
  }

  recording(callId: string): string {
    return `${this.callbackUrl}/carrier/recording?call=${callId}${INSIST}`;
  }
}
