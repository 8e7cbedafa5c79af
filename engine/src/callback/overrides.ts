/** What can go wrong with a request, in the words of Twilio's connection overrides. */
export type FailureKind = '4xx' | '5xx' | 'ct' | 'rt';

/** Connection overrides: how an application wants to be asked. All times in milliseconds. */
export interface Overrides {
  connectMs: number;
  readMs: number;
  totalMs: number;
  retries: number;
  retryOn: ReadonlySet<FailureKind>;
}

const ALL: readonly FailureKind[] = ['4xx', '5xx', 'ct', 'rt'];

/**
 * Splits "https://example.com/x#rc=3&rp=all" into the URL that is asked and signed, and the
 * overrides (https://www.twilio.com/docs/usage/webhooks/webhooks-connection-overrides). A value
 * outside its documented range counts as absent.
 */
export function splitOverrides(address: string): { url: string; overrides: Overrides } {
  const hash = address.indexOf('#');
  const url = hash < 0 ? address : address.slice(0, hash);
  const given = new URLSearchParams(hash < 0 ? '' : address.slice(hash + 1));
  const number = (name: string, min: number, max: number, fallback: number) => {
    const text = given.get(name);
    if (text === null || !/^\d+$/.test(text)) return fallback;
    const value = Number(text);
    return value >= min && value <= max ? value : fallback;
  };
  const asked = (given.get('rp') ?? 'ct').split(',').map((word) => word.trim());
  const retryOn = asked.includes('all') ? ALL : ALL.filter((kind) => asked.includes(kind));
  return {
    url,
    overrides: {
      connectMs: number('ct', 100, 10_000, 5_000),
      readMs: number('rt', 100, 15_000, 15_000),
      totalMs: number('tt', 100, 15_000, 15_000),
      retries: number('rc', 0, 5, 1),
      retryOn: new Set(retryOn),
    },
  };
}
