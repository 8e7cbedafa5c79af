/** Things by their sid that can also be walked through from the newest, without copying them. */
export class Shelf<Thing> {
  readonly #things = new Map<string, Thing>();
  /** In the order in which they came; sids of things that are gone are left out when met. */
  #order: string[] = [];

  get size(): number {
    return this.#things.size;
  }

  get(sid: string): Thing | undefined {
    return this.#things.get(sid);
  }

  has(sid: string): boolean {
    return this.#things.has(sid);
  }

  set(sid: string, thing: Thing): void {
    if (!this.#things.has(sid)) this.#order.push(sid);
    this.#things.set(sid, thing);
  }

  delete(sid: string): boolean {
    const gone = this.#things.delete(sid);
    // A sid never comes back, so what is left behind is only room.
    if (this.#order.length > 2 * this.#things.size + 1000) this.#order = [...this.#things.keys()];
    return gone;
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
}
