import { closeSync, fstatSync, openSync, renameSync, rmSync, writeSync } from 'node:fs';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { prettyFactory } from 'pino-pretty';
import type { Terminal } from './terminal.ts';

const MAX_BYTES = 10 * 1024 * 1024;
/** server.log, server.log.1 … server.log.3 */
const KEEP = 3;
const WARNING = 40;

/** A program's log: every line into `<data>/logs/<name>.log`, what matters to the terminal too. */
export interface ProgramLog {
  line(line: string): void;
  /** Its last words that are not in the usual form, such as an exception nobody caught. */
  last(): string[];
  close(): void;
}

export function openProgramLog(dataFolder: string, name: string, terminal: Terminal): ProgramLog {
  const folder = join(dataFolder, 'logs');
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const path = join(folder, `${name}.log`);
  let file = openSync(path, 'a', 0o600);
  let bytes = fstatSync(file).size;
  let fileWorks = true;
  let closed = false;
  const recent: string[] = [];
  const pretty = prettyFactory({
    colorize: process.stderr.isTTY,
    singleLine: true,
    ignore: 'pid,hostname,name,setupToken',
    translateTime: 'SYS:HH:MM:ss',
    messageFormat: `${name}: {msg}`,
  });

  const rotate = () => {
    closeSync(file);
    rmSync(`${path}.${KEEP}`, { force: true });
    for (let n = KEEP; n > 0; n--) moveIfThere(n === 1 ? path : `${path}.${n - 1}`, `${path}.${n}`);
    file = openSync(path, 'a', 0o600);
    bytes = 0;
  };

  const keep = (line: string) => {
    if (closed) return;
    try {
      bytes += writeSync(file, `${line}\n`);
      if (bytes > MAX_BYTES) rotate();
      fileWorks = true;
    } catch (error) {
      // A full disk must not end calls; said once, not with every line.
      if (fileWorks) terminal.warn(`${path} cannot be written: ${(error as Error).message}`);
      fileWorks = false;
    }
  };

  return {
    line: (line) => {
      keep(line);
      const record = parse(line);
      if (!record) recent.push(line);
      if (recent.length > 40) recent.shift();
      if (record && Number(record.level) >= WARNING) terminal.warn(pretty(record).trimEnd());
      else if (record?.terminal === true) terminal.say(String(record.msg));
    },
    last: () => recent,
    close: () => {
      if (!closed) closeSync(file);
      closed = true;
    },
  };
}

function moveIfThere(from: string, to: string): void {
  try {
    renameSync(from, to);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
  }
}

/** @returns null for what is not one of pino's lines. */
function parse(line: string): Record<string, unknown> | null {
  if (!line.startsWith('{')) return null;
  try {
    return JSON.parse(line) as Record<string, unknown>;
  } catch {
    return null;
  }
}
