import type { HttpMethod } from '../callback/request.ts';

/** Something that went wrong with a call, as Twilio's Notification resource keeps it. */
export interface NoticeRecord {
  sid: string;
  callSid: string | null;
  level: 'error' | 'warning';
  code: number;
  message: string;
  /** Milliseconds of Date.now(). */
  createdAt: number;
  request: { url: string; method: HttpMethod; variables: string } | null;
  response: { headers: string; body: string } | null;
}
