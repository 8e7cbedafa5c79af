import type { HttpMethod } from '../../callback/request.ts';
import type { Outbox } from '../../callback/outbox.ts';
import { newSid } from '../../sid.ts';
import { rfc2822 } from '../../times.ts';
import type { Call } from '../call.ts';
import type { Switchboard } from '../switchboard.ts';
import type { SentMessage, SignalError } from './messages.ts';

/** https://www.twilio.com/docs/api/errors/32703 */
export const MAX_MESSAGE_CHARACTERS = 10_000;
const CONTENT_TYPE = 'application/json';
const MESSAGE_TYPE = 'user-defined-message';

/** Who hears what a call's browser says. */
export interface MessageSubscription {
  sid: string;
  callSid: string;
  callback: string;
  method: HttpMethod;
  createdAt: number;
}

/** A message to a call's browser, once it is sent. */
export interface UserDefinedMessage {
  sid: string;
  callSid: string;
  createdAt: number;
}

/** Hands a message to the browser of a call; false when the call has none. */
type Deliver = (
  callSid: string,
  message: Omit<SentMessage, 'callsid'> & { content: unknown },
) => boolean;

interface Conversation {
  subscriptions: Map<string, MessageSubscription>;
  /** What was made for an IdempotencyKey: asked again, it is answered again. */
  made: Map<string, MessageSubscription | UserDefinedMessage>;
  /** The number of the browser's next message, from 0. */
  sequence: number;
}

/**
 * Call message events (https://www.twilio.com/docs/voice/sdks/call-message-events): messages
 * between an application and a call's browser, beside the sound. They live as long as their call.
 */
export class CallMessages {
  readonly #outbox: Outbox;
  readonly #accountSid: string;
  readonly #conversations = new Map<string, Conversation>();
  #deliver: Deliver = () => false;

  constructor(outbox: Outbox, switchboard: Switchboard, accountSid: string) {
    this.#outbox = outbox;
    this.#accountSid = accountSid;
    switchboard.onEnded.listen(({ call }) => this.#conversations.delete(call.sid));
  }

  /** Where messages to browsers go; the phones say so once they exist. */
  deliverTo(deliver: Deliver): void {
    this.#deliver = deliver;
  }

  subscribe(
    call: Call,
    to: { callback: string; method: HttpMethod; key: string | undefined },
  ): MessageSubscription {
    return this.#once(call, `subscription ${to.key ?? ''}`, to.key, (conversation) => {
      const { callback, method } = to;
      const sid = newSid('ZY');
      const made = { sid, callSid: call.sid, callback, method, createdAt: Date.now() };
      conversation.subscriptions.set(sid, made);
      return made;
    });
  }

  /** False when there is no such subscription. */
  unsubscribe(callSid: string, sid: string): boolean {
    return this.#conversations.get(callSid)?.subscriptions.delete(sid) ?? false;
  }

  /** Null when the call is no browser's. `content` is any JSON value. */
  send(call: Call, content: unknown, key: string | undefined): UserDefinedMessage | null {
    return this.#once(call, `message ${key ?? ''}`, key, () => {
      const sid = newSid('KX');
      const message = { content, contenttype: CONTENT_TYPE, messagetype: MESSAGE_TYPE };
      if (!this.#deliver(call.sid, { ...message, voiceeventsid: sid })) return null;
      return { sid, callSid: call.sid, createdAt: Date.now() };
    });
  }

  /** A browser said something. Null: it is on its way to who subscribed; else why it is not. */
  receive(call: Call, message: SentMessage): SignalError | null {
    const { content, contenttype, messagetype } = message;
    if (messagetype !== MESSAGE_TYPE) {
      return { code: 31_210, message: `Call Message Event Type ${messagetype} is invalid` };
    }
    if (contenttype !== CONTENT_TYPE || content === undefined) {
      return { code: 31_100, message: `Only messages of type ${CONTENT_TYPE} are taken` };
    }
    const text = typeof content === 'string' ? content : JSON.stringify(content);
    if (text.length > MAX_MESSAGE_CHARACTERS) {
      return {
        code: 31_212,
        message: `A message has at most ${MAX_MESSAGE_CHARACTERS} characters`,
      };
    }
    const conversation = this.#of(call);
    const fields = {
      AccountSid: this.#accountSid,
      CallSid: call.sid,
      Content: text,
      ContentType: contenttype,
      SequenceNumber: String(conversation.sequence),
      Sid: newSid('KX'),
      Timestamp: rfc2822(Date.now()),
    };
    conversation.sequence += 1;
    // Queues of their own: a slow listener here holds up no status callback.
    for (const { sid, callback, method } of conversation.subscriptions.values()) {
      this.#outbox.send({ queue: sid, url: callback, method, fields });
    }
    return null;
  }

  #of(call: Call): Conversation {
    const found = this.#conversations.get(call.sid);
    if (found) return found;
    const made = { subscriptions: new Map(), made: new Map(), sequence: 0 };
    this.#conversations.set(call.sid, made);
    return made;
  }

  #once<Made extends MessageSubscription | UserDefinedMessage | null>(
    call: Call,
    name: string,
    key: string | undefined,
    make: (conversation: Conversation) => Made,
  ): Made {
    const conversation = this.#of(call);
    const before = key === undefined ? undefined : conversation.made.get(name);
    if (before !== undefined) return before as Made;
    const made = make(conversation);
    if (key !== undefined && made !== null) conversation.made.set(name, made);
    return made;
  }
}
