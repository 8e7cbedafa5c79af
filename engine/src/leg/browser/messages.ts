import { z } from 'zod';

/** What the Voice SDK sends (PStream 1.6). Unknown fields are its own business. */
const sdp = z.string().min(1).max(65_536);
const callsid = z.string().min(1).max(128);

export const ClientMessage = z.discriminatedUnion('type', [
  z.object({ type: z.literal('listen'), payload: z.object({ token: z.unknown() }) }),
  z.object({
    type: z.literal('register'),
    payload: z.object({ media: z.object({ audio: z.boolean() }) }),
  }),
  z.object({
    type: z.literal('invite'),
    payload: z.object({
      callsid,
      sdp,
      reconnect: z.string().optional(),
      twilio: z.object({ params: z.string().max(8_192).optional() }).optional(),
    }),
  }),
  z.object({ type: z.literal('answer'), payload: z.object({ callsid, sdp }) }),
  z.object({ type: z.literal('reinvite'), payload: z.object({ callsid, sdp }) }),
  z.object({
    type: z.literal('dtmf'),
    payload: z.object({ callsid, dtmf: z.string().regex(/^[0-9*#wA-D]{1,255}$/) }),
  }),
  z.object({
    type: z.literal('hangup'),
    payload: z.object({ callsid, message: z.string().optional() }),
  }),
  z.object({ type: z.literal('reject'), payload: z.object({ callsid }) }),
  z.object({
    type: z.literal('message'),
    payload: z.object({
      callsid,
      content: z.unknown(),
      contenttype: z.string().default('application/json'),
      messagetype: z.string(),
      voiceeventsid: z.string().max(128),
    }),
  }),
]);
export type ClientMessage = z.infer<typeof ClientMessage>;
export type SentMessage = Extract<ClientMessage, { type: 'message' }>['payload'];
export type Invite = Extract<ClientMessage, { type: 'invite' }>['payload'];

export interface SignalError {
  code: number;
  message: string;
}

/** What we send to the Voice SDK. */
export type ServerMessage =
  | {
      type: 'connected';
      payload: {
        edge: string;
        region: string;
        gateway: string;
        home: string;
        token: { identity: string; ttl: number };
      };
    }
  | { type: 'ready' | 'offline'; payload: Record<string, never> }
  | {
      type: 'invite';
      payload: {
        callsid: string;
        sdp: string;
        reconnect: string;
        parameters: Record<string, string>;
      };
    }
  | { type: 'answer'; payload: { callsid: string; sdp?: string; reconnect: string } }
  | { type: 'ringing' | 'cancel'; payload: { callsid: string } }
  | { type: 'hangup'; payload: { callsid: string; error?: SignalError } }
  | {
      type: 'message';
      payload: {
        callsid: string;
        content: unknown;
        contenttype: string;
        messagetype: string;
        voiceeventsid: string;
      };
    }
  | { type: 'ack'; payload: { acktype: 'message'; callsid: string; voiceeventsid: string } }
  | { type: 'error'; payload: { error: SignalError; callsid?: string; voiceeventsid?: string } };
