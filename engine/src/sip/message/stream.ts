import { isToken } from './characters.ts';
import { Headers } from './headers.ts';
import { contentLengthOf, MAX_MESSAGE_BYTES } from './parse.ts';
import { SipSyntaxError } from './syntax-error.ts';

/** What a stream has brought: a whole message, or a ping that wants its pong (RFC 5626 §3.5.1). */
export type Cut = { kind: 'message'; bytes: Buffer } | { kind: 'ping' };

const HEAD_END = '\r\n\r\n';
const RETURN = 0x0d;
const NEWLINE = 0x0a;

/**
 * Cuts a stream of bytes into messages by their Content-Length (RFC 3261 §18.3); a message without
 * one has no body. Holds at most one unfinished message.
 */
export class StreamCutter {
  #held: Buffer = Buffer.alloc(0);

  /**
   * Throws SipSyntaxError when nobody can tell any more where a message ends, or when one is too
   * long: then the connection has to be closed.
   */
  push(chunk: Buffer): Cut[] {
    this.#held = this.#held.length === 0 ? chunk : Buffer.concat([this.#held, chunk]);
    const cuts: Cut[] = [];
    for (;;) {
      const cut = this.#cutOne();
      if (cut === null) return cuts;
      cuts.push(cut);
    }
  }

  #cutOne(): Cut | null {
    const pinged = this.#skipLineBreaks();
    if (pinged) return { kind: 'ping' };
    const first = this.#held[0];
    // A handshake of TLS, for one: no need to wait for 64 KB of it.
    if (first !== undefined && first !== RETURN && !isToken(String.fromCharCode(first))) {
      throw new SipSyntaxError('a stream that does not begin as SIP does');
    }
    const end = this.#held.indexOf(HEAD_END);
    if (end < 0) return this.#wait(this.#held.length);
    const length = end + HEAD_END.length + bodyLength(this.#held.toString('latin1', 0, end));
    if (length > this.#held.length) return this.#wait(length);
    const bytes = this.#held.subarray(0, length);
    this.#held = this.#held.subarray(length);
    return { kind: 'message', bytes };
  }

  /**
   * Line breaks before a message mean nothing (§7.5), but two of them are a ping. True: one was
   * there. A single CRLF is a pong, or the first half of a ping: it is held until more comes.
   */
  #skipLineBreaks(): boolean {
    const held = this.#held;
    if (held.length >= 4 && held.indexOf(HEAD_END) === 0) {
      this.#held = held.subarray(4);
      return true;
    }
    if (held.length > 2 && held[0] === RETURN && held[1] === NEWLINE && held[2] !== RETURN) {
      this.#held = held.subarray(2);
    }
    return false;
  }

  #wait(length: number): null {
    if (length > MAX_MESSAGE_BYTES) throw new SipSyntaxError('a message of more than 64 KB');
    return null;
  }
}

function bodyLength(head: string): number {
  const headers = new Headers();
  for (const line of head.split('\r\n')) {
    const colon = line.indexOf(':');
    if (colon > 0) headers.append(line.slice(0, colon).trim(), line.slice(colon + 1).trim());
  }
  return contentLengthOf(headers) ?? 0;
}
