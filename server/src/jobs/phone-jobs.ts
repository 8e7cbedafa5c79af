import { z } from 'zod';
import type { SipPhones } from '../person/sip-phones.ts';
import type { Jobs } from './runners.ts';

const OfCredential = z.object({ credentialSid: z.string() });

/** What is left to do when a SIP phone is taken away. */
export function phoneJobs(sipPhones: Pick<SipPhones, 'forget'>): Jobs {
  return {
    'carrier.forget_phone': (payload) =>
      sipPhones.forget(OfCredential.parse(payload).credentialSid),
  };
}
