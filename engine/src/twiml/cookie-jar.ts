/** The cookies of one call, by host, as long as it lives (session cookies; RFC 6265 4.1 and 5.2). */
export class CookieJar {
  readonly #hosts = new Map<string, Map<string, string>>();

  /** `lines`: the values of `Set-Cookie` in an answer from `url`. */
  keep(url: string, lines: readonly string[]): void {
    const { host } = new URL(url);
    const cookies = this.#hosts.get(host) ?? new Map<string, string>();
    for (const line of lines) {
      const [pair = '', ...attributes] = line.split(';');
      const equals = pair.indexOf('=');
      if (equals < 1) continue;
      const name = pair.slice(0, equals).trim();
      const gone = attributes.some((attribute) =>
        /^\s*max-age\s*=\s*(0|-\d+)\s*$/i.test(attribute),
      );
      if (gone) cookies.delete(name);
      else cookies.set(name, pair.slice(equals + 1).trim());
    }
    if (cookies.size > 0) this.#hosts.set(host, cookies);
  }

  /** The value of `Cookie` for a request to `url`; null when there are none. */
  header(url: string): string | null {
    const cookies = this.#hosts.get(new URL(url).host);
    if (cookies === undefined || cookies.size === 0) return null;
    return [...cookies].map(([name, value]) => `${name}=${value}`).join('; ');
  }
}
