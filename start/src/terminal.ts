/** What the person who typed `npm start` reads. Whole lines, nothing else. */
export interface Terminal {
  say(line: string): void;
  /** For what went wrong. */
  warn(line: string): void;
}

export const terminal: Terminal = {
  say: (line) => process.stdout.write(`${line}\n`),
  warn: (line) => process.stderr.write(`${line}\n`),
};
