/** "0:07", "2:14", "1:02:03": for tables and timers. Whole seconds, rounded down. */
export function clock(ms: number): string {
  const seconds = Math.floor(Math.max(0, ms) / 1000);
  const tail = String(seconds % 60).padStart(2, '0');
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) return `${minutes}:${tail}`;
  return `${Math.floor(minutes / 60)}:${String(minutes % 60).padStart(2, '0')}:${tail}`;
}

/** The same for a length that is known to the end: rounded, as sentences round it. */
export function lengthOf(ms: number): string {
  return clock(Math.round(ms / 1000) * 1000);
}

/** "less than 1 s", "8 s", "2 min 14 s", "1 h 2 min": for sentences. */
export function inWords(ms: number): string {
  const seconds = Math.round(Math.max(0, ms) / 1000);
  if (seconds === 0 && ms > 0) return 'less than 1 s';
  if (seconds < 60) return `${seconds} s`;
  const minutes = Math.floor(seconds / 60);
  const rest = seconds % 60;
  if (minutes < 60) return rest === 0 ? `${minutes} min` : `${minutes} min ${rest} s`;
  const left = minutes % 60;
  return left === 0 ? `${Math.floor(minutes / 60)} h` : `${Math.floor(minutes / 60)} h ${left} min`;
}

/** A moment within a call: "0.000 s", "12.345 s", "1:02.345". */
export function offset(ms: number): string {
  const thousandths = String(Math.floor(ms % 1000)).padStart(3, '0');
  return ms < 60_000 ? `${Math.floor(ms / 1000)}.${thousandths} s` : `${clock(ms)}.${thousandths}`;
}

const formats = (options: Intl.DateTimeFormatOptions) => new Intl.DateTimeFormat('en-GB', options);
const TIME = formats({ hour: '2-digit', minute: '2-digit' });
const DAY = formats({ day: 'numeric', month: 'short' });
const DAY_AND_YEAR = formats({ day: 'numeric', month: 'short', year: 'numeric' });
const DATE = formats({ day: 'numeric', month: 'long', year: 'numeric' });
const WEEKDAY = formats({ weekday: 'long' });
const EXACT_TIME = formats({ hour: '2-digit', minute: '2-digit', second: '2-digit' });

/** "14:37" today, "Yesterday 14:37", "20 Nov 14:37", "20 Nov 2025 14:37". */
export function shortWhen(instant: string, now: Date = new Date()): string {
  const at = new Date(instant);
  const time = TIME.format(at);
  const yesterday = new Date(now.getFullYear(), now.getMonth(), now.getDate() - 1);
  if (at.toDateString() === now.toDateString()) return time;
  if (at.toDateString() === yesterday.toDateString()) return `Yesterday ${time}`;
  return `${(at.getFullYear() === now.getFullYear() ? DAY : DAY_AND_YEAR).format(at)} ${time}`;
}

/** "Sunday 22 November 2026, 14:37:05" in the viewer's zone. */
export function fullWhen(instant: string): string {
  const at = new Date(instant);
  return `${WEEKDAY.format(at)} ${DATE.format(at)}, ${EXACT_TIME.format(at)}`;
}

/** "22 November 2026" in the viewer's zone. */
export function dateOf(instant: string): string {
  return DATE.format(new Date(instant));
}

/** "812 kB", "1.4 MB" */
export function bytesInWords(bytes: number): string {
  return bytes < 1_000_000
    ? `${Math.max(1, Math.round(bytes / 1000))} kB`
    : `${(bytes / 1_000_000).toFixed(1)} MB`;
}
