import type { RtpFlow } from './protocol.ts';

/**
 * Whether packets are missed when none come. Not from a telephone that holds us: whether it says
 * inactive or sendonly, it need not have anything to send (RFC 3264 §8.4).
 */
export function expectsSound({ sends, receives }: RtpFlow): boolean {
  return sends && receives;
}
