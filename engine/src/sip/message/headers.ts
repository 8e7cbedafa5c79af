/**
 * A message's headers, in their order. Names are compared without case, and compact forms
 * (RFC 3261 §7.3.3) count as the long ones. Values are kept as they came, unfolded and trimmed.
 */
export class Headers {
  readonly #lines: { name: string; value: string }[] = [];

  /** The first one's value. */
  get(name: string): string | null {
    return this.#lines.find((line) => same(line.name, name))?.value ?? null;
  }

  /** Every value in order; lists in one line (Via, Route, Contact …) are not taken apart here. */
  all(name: string): string[] {
    return this.#lines.filter((line) => same(line.name, name)).map(({ value }) => value);
  }

  /** Replaces all of that name by one. */
  set(name: string, value: string): this {
    this.delete(name);
    return this.append(name, value);
  }

  append(name: string, value: string): this {
    this.#lines.push({ name, value });
    return this;
  }

  /** Before all others of its name: a Via goes on top (§18.1.1). */
  prepend(name: string, value: string): this {
    this.#lines.unshift({ name, value });
    return this;
  }

  delete(name: string): this {
    for (let i = this.#lines.length - 1; i >= 0; i--) {
      if (same(this.#lines[i]!.name, name)) this.#lines.splice(i, 1);
    }
    return this;
  }

  *[Symbol.iterator](): Iterator<{ name: string; value: string }> {
    yield* this.#lines;
  }
}

function same(one: string, other: string): boolean {
  return one.toLowerCase() === other.toLowerCase();
}
