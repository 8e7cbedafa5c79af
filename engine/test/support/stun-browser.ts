import { createHmac, randomBytes } from 'node:crypto';
import { createSocket, type Socket } from 'node:dgram';
import { once } from 'node:events';

/** RFC 8489 §5, §14. */
const BINDING_REQUEST = 0x0001;
const MAGIC_COOKIE = 0x2112a442;
const USERNAME = 0x0006;
const MESSAGE_INTEGRITY = 0x0008;

const UFRAG = 'them';

/** A browser that sends one connectivity check, never again, and waits for one of the engine’s. */
export class StunBrowser {
  /** Resolves when a check of the engine's came. */
  readonly checked: Promise<void>;
  readonly #socket: Socket;

  private constructor(socket: Socket) {
    this.#socket = socket;
    this.checked = new Promise((resolve) => {
      socket.on('message', (bytes) => {
        if (bytes.readUInt16BE(0) === BINDING_REQUEST) resolve();
      });
    });
  }

  static async open(): Promise<StunBrowser> {
    const socket = createSocket('udp4');
    socket.bind(0, '127.0.0.1');
    await once(socket, 'listening');
    return new StunBrowser(socket);
  }

  /** Its answer to the engine's offer, without candidates. */
  answer(offer: string): string {
    return offer
      .replace(/a=ice-ufrag:.*/, `a=ice-ufrag:${UFRAG}`)
      .replace(/a=ice-pwd:.*/, `a=ice-pwd:${'p'.repeat(24)}`)
      .replace(/a=setup:.*/, 'a=setup:active')
      .replace(/a=(candidate:|end-of-candidates).*\r\n/g, '');
  }

  /** Sends a check to the engine's port, as RFC 8445 §7.2 has it. */
  async knock(offer: string, port: number): Promise<void> {
    const value = (name: string): string => new RegExp(`a=${name}:(\\S+)`).exec(offer)![1]!;
    const username = attribute(USERNAME, Buffer.from(`${value('ice-ufrag')}:${UFRAG}`));
    // RFC 8489 §14.5: what is authenticated tells the length with the integrity's 24 bytes.
    const head = Buffer.concat([header(username.length + 24), username]);
    const integrity = createHmac('sha1', value('ice-pwd')).update(head).digest();
    const check = Buffer.concat([head, attribute(MESSAGE_INTEGRITY, integrity)]);
    await new Promise<void>((resolve, reject) => {
      this.#socket.send(check, port, '127.0.0.1', (error) => (error ? reject(error) : resolve()));
    });
  }

  close(): void {
    this.#socket.close();
  }
}

function header(length: number): Buffer {
  const bytes = Buffer.alloc(8);
  bytes.writeUInt16BE(BINDING_REQUEST, 0);
  bytes.writeUInt16BE(length, 2);
  bytes.writeUInt32BE(MAGIC_COOKIE, 4);
  return Buffer.concat([bytes, randomBytes(12)]);
}

/** Padded to four bytes (RFC 8489 §14). */
function attribute(type: number, value: Buffer): Buffer {
  const bytes = Buffer.alloc(4 + Math.ceil(value.length / 4) * 4);
  bytes.writeUInt16BE(type, 0);
  bytes.writeUInt16BE(value.length, 2);
  value.copy(bytes, 4);
  return bytes;
}
