import type { RtpFlow } from '../../media/protocol.ts';

/** A description that cannot be agreed to: 488, or the end of a call that was answered with it. */
export class SdpRefused extends Error {
  /** no_codec, no_audio (m=audio missing or port 0), srtp_required, srtp_refused, malformed */
  readonly code: 'no_codec' | 'no_audio' | 'srtp_required' | 'srtp_refused' | 'malformed';

  constructor(code: SdpRefused['code'], message: string) {
    super(message);
    this.name = 'SdpRefused';
    this.code = code;
  }
}

/** What we can do, and where our media is. */
export interface OurMedia {
  /** What the other side is to send to: our public address, where we are behind NAT. */
  address: string;
  port: number;
  /** In our order of preference. */
  laws: readonly ('PCMU' | 'PCMA')[];
  srtp: 'off' | 'optional' | 'required';
  /** RFC 4566 §5.2; the version grows with every description that differs from the last one. */
  sessionId: string;
}

/**
 * One side's view of a negotiated session (RFC 3264). Makes offers and answers, remembers what it
 * said, and knows what is agreed. Keys (RFC 4568) are made here.
 */
export interface AudioSession {
  /** A first offer, or another one (hold: `direction`). */
  offer(direction?: Direction): string;
  /** The answer to our last offer. @throws SdpRefused */
  accept(answer: string): RtpFlow;
  /** Answers an offer of theirs. @throws SdpRefused, and all stays as it was */
  answer(offer: string): { sdp: string; flow: RtpFlow };
  /** What is agreed; null before the first answer. */
  readonly flow: RtpFlow | null;
}

export type Direction = 'sendrecv' | 'sendonly' | 'recvonly' | 'inactive';
