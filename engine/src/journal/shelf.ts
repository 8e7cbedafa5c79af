import type { JournalLine } from './journal-file.ts';

/** What a ledger knows about one sort of things. */
export interface Kind<Thing> {
  /** What a line about one is called in the file. Older files have it: never change it. */
  readonly name: string;
  /** The same of a line that says that one is gone. */
  readonly gone: string;
  keyOf(thing: Thing): string;
  /** Old enough to be left out when the file is written anew; absent: kept until it is forgotten. */
  outlived?(thing: Thing, now: number): boolean;
  /** Takes off what nobody needs any more of one that is kept. */
  slim?(thing: Thing, now: number): void;
}

/** Things by their sid, oldest first, or walked through from the newest without copying them. */
export class Shelf<Thing> {
  readonly kind: Kind<Thing>;
  readonly #write: (line: JournalLine) => void;
  readonly #things = new Map<string, Thing>();
  /** In the order in which they came; sids of things that are gone are left out when met. */
  #order: string[] = [];

  /** `write` puts a line into the file. */
  constructor(kind: Kind<Thing>, write: (line: JournalLine) => void) {
    this.kind = kind;
    this.#write = write;
  }

  get size(): number {
    return this.#things.size;
  }

  get(sid: string): Thing | undefined {
    return this.#things.get(sid);
  }

  has(sid: string): boolean {
    return this.#things.has(sid);
  }

  /** Oldest first. */
  values(): IterableIterator<Thing> {
    return this.#things.values();
  }

  keys(): IterableIterator<string> {
    return this.#things.keys();
  }

  *newestFirst(): Generator<Thing, void, undefined> {
    for (let at = this.#order.length - 1; at >= 0; at -= 1) {
      const thing = this.#things.get(this.#order[at]!);
      if (thing !== undefined) yield thing;
    }
  }

  /** Keeps it, as it is now, in place of what was known of it. */
  save(thing: Thing): void {
    this.#put(thing);
    this.#write(this.#lineOf(thing));
  }

  /** False: there was none. */
  forget(sid: string): boolean {
    const known = this.#remove(sid);
    if (known) this.#write({ [this.kind.gone]: sid });
    return known;
  }

  /** Reads a line of the file. False: it is about another kind. */
  take(line: JournalLine): boolean {
    const { name, gone } = this.kind;
    if (name in line) this.#put(line[name] as Thing);
    else if (gone in line) this.#remove(line[gone] as string);
    else return false;
    return true;
  }

  /** Drops what is outlived, and gives the lines about all that is left. */
  *linesToKeep(now: number): Generator<JournalLine, void, undefined> {
    for (const thing of this.#things.values()) {
      if (this.kind.outlived?.(thing, now) === true) {
        this.#remove(this.kind.keyOf(thing));
      } else {
        this.kind.slim?.(thing, now);
        yield this.#lineOf(thing);
      }
    }
  }

  #lineOf(thing: Thing): JournalLine {
    return { [this.kind.name]: thing };
  }

  #put(thing: Thing): void {
    const key = this.kind.keyOf(thing);
    if (!this.#things.has(key)) this.#order.push(key);
    this.#things.set(key, thing);
  }

  #remove(key: string): boolean {
    const known = this.#things.delete(key);
    // A sid never comes back, so what is left behind is only room.
    if (this.#order.length > 2 * this.#things.size + 1000) this.#order = [...this.#things.keys()];
    return known;
  }
}
