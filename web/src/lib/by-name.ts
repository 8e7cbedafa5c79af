const COLLATOR = new Intl.Collator('en-GB', { numeric: true });

/** A list of names as people sort them: "Team 5" before "Team 10", "ada" beside "Ada". */
export function byName<T extends { name: string }>(list: readonly T[]): T[] {
  return [...list].sort((a, b) => COLLATOR.compare(a.name, b.name));
}
