export interface WireAnswer {
  status: number;
  body: unknown;
}

interface WireCredential {
  sid: string;
  username: string;
  password: string;
}

/** The carrier's list of SIP phones: credentials as Twilio documents them. */
export class WirePhones {
  readonly credentials = new Map<string, WireCredential>();
  /** Every order is refused, as by a carrier that is out of order. */
  broken = false;
  #count = 0;

  /** The password that this phone signs in with; null: the carrier does not know it. */
  passwordOf(username: string): string | null {
    const found = [...this.credentials.values()].find((one) => one.username === username);
    return found?.password ?? null;
  }

  answer(method: string, path: string, form: URLSearchParams): WireAnswer {
    if (this.broken) return { status: 503, body: { status: 503, code: 20503, message: 'Later' } };
    const [, sid] = /\/Credentials(?:\/(\w+))?\.json$/.exec(path) ?? [];
    if (sid !== undefined) return this.#one(method, sid, form);
    if (method === 'GET') return { status: 200, body: this.#page() };
    this.#count += 1;
    const made = {
      sid: `CR${String(this.#count).padStart(32, '0')}`,
      username: form.get('Username') ?? '',
      password: form.get('Password') ?? '',
    };
    this.credentials.set(made.sid, made);
    return { status: 201, body: { sid: made.sid, username: made.username } };
  }

  #one(method: string, sid: string, form: URLSearchParams): WireAnswer {
    const found = this.credentials.get(sid);
    if (found === undefined) {
      return { status: 404, body: { status: 404, code: 20404, message: 'not found' } };
    }
    if (method === 'DELETE') {
      this.credentials.delete(sid);
      return { status: 204, body: null };
    }
    found.password = form.get('Password') ?? found.password;
    return { status: 200, body: { sid, username: found.username } };
  }

  #page() {
    const credentials = [...this.credentials.values()].map(({ sid, username }) => ({
      sid,
      username,
    }));
    return { credentials, next_page_uri: null };
  }
}
