/** RFC 3261 §7.3.3 and §20, RFC 3265, 3515, 3892, 4028, 4538: one letter for a frequent name. */
const LONG_FORMS: Readonly<Record<string, string>> = {
  a: 'Accept-Contact',
  b: 'Referred-By',
  c: 'Content-Type',
  e: 'Content-Encoding',
  f: 'From',
  i: 'Call-ID',
  k: 'Supported',
  l: 'Content-Length',
  m: 'Contact',
  o: 'Event',
  r: 'Refer-To',
  s: 'Subject',
  t: 'To',
  u: 'Allow-Events',
  v: 'Via',
  x: 'Session-Expires',
};

interface HeaderLine {
  name: string;
  /** The name in lower case: what is compared. */
  key: string;
  value: string;
}

/**
 * A message's headers, in their order. Names are compared without case, and compact forms
 * (RFC 3261 §7.3.3) count as the long ones. Values are kept as they came, unfolded and trimmed.
 */
export class Headers {
  readonly #lines: HeaderLine[] = [];

  /** The first one's value. */
  get(name: string): string | null {
    const key = keyOf(name);
    for (const line of this.#lines) if (line.key === key) return line.value;
    return null;
  }

  /** Every value in order; lists in one line (Via, Route, Contact …) are not taken apart here. */
  all(name: string): string[] {
    const key = keyOf(name);
    const values: string[] = [];
    for (const line of this.#lines) if (line.key === key) values.push(line.value);
    return values;
  }

  /** Replaces all of that name by one. */
  set(name: string, value: string): this {
    this.delete(name);
    return this.append(name, value);
  }

  append(name: string, value: string): this {
    this.#lines.push(lineOf(name, value));
    return this;
  }

  /** Before all others of its name: a Via goes on top (§18.1.1). */
  prepend(name: string, value: string): this {
    this.#lines.unshift(lineOf(name, value));
    return this;
  }

  /** Replaces the first of that name where it stands; nothing happens if there is none. */
  replaceFirst(name: string, value: string): this {
    const key = keyOf(name);
    const line = this.#lines.find((one) => one.key === key);
    if (line !== undefined) line.value = value;
    return this;
  }

  delete(name: string): this {
    const key = keyOf(name);
    for (let i = this.#lines.length - 1; i >= 0; i--) {
      if (this.#lines[i]!.key === key) this.#lines.splice(i, 1);
    }
    return this;
  }

  /** Another set of the same headers. */
  copy(): Headers {
    const copy = new Headers();
    for (const { name, value } of this) copy.append(name, value);
    return copy;
  }

  *[Symbol.iterator](): Iterator<{ name: string; value: string }> {
    yield* this.#lines;
  }
}

function lineOf(name: string, value: string): HeaderLine {
  const long = name.length === 1 ? (LONG_FORMS[name.toLowerCase()] ?? name) : name;
  return { name: long, key: long.toLowerCase(), value };
}

function keyOf(name: string): string {
  const key = name.toLowerCase();
  return key.length === 1 ? (LONG_FORMS[key]?.toLowerCase() ?? key) : key;
}
