import twilio from 'twilio';
import type { PhoneToken } from '@offhook/contract';
import type { CarrierConfig } from '../config/config.ts';

/** An access token with which a browser's Voice SDK is `identity`, may call and may be called. */
export function phoneToken(config: CarrierConfig, identity: string): PhoneToken {
  const { AccessToken } = twilio.jwt;
  const token = new AccessToken(config.accountSid, config.apiKeySid, config.apiKeySecret, {
    identity,
    ttl: config.tokenSeconds,
  });
  token.addGrant(
    new AccessToken.VoiceGrant({
      incomingAllow: true,
      outgoingApplicationSid: config.twimlAppSid,
    }),
  );
  return { token: token.toJwt(), identity, ttlSeconds: config.tokenSeconds };
}
