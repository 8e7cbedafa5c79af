import {
  closeSync,
  existsSync,
  fchmodSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  statSync,
  writeSync,
} from 'node:fs';
import { dirname } from 'node:path';
import type { Logger } from 'pino';

/** One line: what is known of a thing by the name of its kind, or that it is gone. */
export type JournalLine = Readonly<Record<string, unknown>>;

const REWRITE_ABOVE_BYTES = 32 * 1024 * 1024;
const CHUNK_CHARACTERS = 1024 * 1024;

/**
 * An append-only file of JSON lines. A line is handed to the operating system before anybody acts
 * on it, so a killed process forgets nothing; a power cut may lose the last moments.
 */
export class JournalFile {
  /** When it was last written before it was opened; null: it is new. */
  readonly lastWrittenAt: number | null;
  /** Set while it cannot be written. */
  broken: Error | null = null;
  readonly #path: string;
  readonly #log: Logger;
  #file: number | null = null;
  #bytes = 0;
  #rewriteAbove = REWRITE_ABOVE_BYTES;

  constructor(path: string, log: Logger) {
    this.#path = path;
    this.#log = log;
    mkdirSync(dirname(path), { recursive: true });
    this.lastWrittenAt = existsSync(path) ? statSync(path).mtimeMs : null;
  }

  /** So much was appended that it is worth writing it anew. */
  get isLong(): boolean {
    return this.#bytes > this.#rewriteAbove;
  }

  /** Gives every line to `take`; one that `take` throws at is logged and passed over. */
  read(take: (line: JournalLine) => void): void {
    if (this.lastWrittenAt === null) return;
    const lines = readFileSync(this.#path, 'utf8').split('\n');
    for (const [index, text] of lines.entries()) {
      if (text === '') continue;
      try {
        take(JSON.parse(text) as JournalLine);
      } catch (error) {
        // A kill or a full disk cut it short, or a newer version wrote it.
        this.#log.warn({ err: error, line: index + 1 }, 'the journal has a line we cannot read');
      }
    }
  }

  /** Nothing is written before the first `rewrite`, nor after `close`. */
  append(line: JournalLine): void {
    if (this.#file === null) return;
    try {
      this.#bytes += writeAll(this.#file, `${JSON.stringify(line)}\n`);
      this.broken = null;
    } catch (error) {
      // A full disk must not end calls: they go on, and the log and the health page say so.
      if (this.broken === null) this.#log.error({ err: error }, 'the journal cannot be written');
      this.broken = error as Error;
    }
  }

  /** Puts these lines in place of all that was there: at once, or not at all. */
  rewrite(lines: Iterable<JournalLine>): void {
    const temporary = `${this.#path}.new`;
    const file = openSync(temporary, 'w', 0o600);
    // Passwords of trunks are in it; a file that a kill left behind keeps the mode that it had.
    fchmodSync(file, 0o600);
    let bytes = 0;
    // Nothing else happens meanwhile: a write for each line would take several times as long.
    let waiting = '';
    for (const line of lines) {
      waiting += `${JSON.stringify(line)}\n`;
      if (waiting.length < CHUNK_CHARACTERS) continue;
      bytes += writeAll(file, waiting);
      waiting = '';
    }
    bytes += writeAll(file, waiting);
    fsyncSync(file);
    renameSync(temporary, this.#path);
    this.close();
    this.#file = file;
    this.#bytes = bytes;
    this.#rewriteAbove = Math.max(REWRITE_ABOVE_BYTES, bytes * 2);
  }

  /** Harmless twice. */
  close(): void {
    if (this.#file === null) return;
    closeSync(this.#file);
    this.#file = null;
  }
}

function writeAll(file: number, text: string): number {
  const bytes = Buffer.from(text, 'utf8');
  for (let done = 0; done < bytes.length;) done += writeSync(file, bytes, done);
  return bytes.length;
}
