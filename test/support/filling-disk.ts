import { closeSync, mkdtempSync, openSync, rmSync, statfsSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const MB = 1024 * 1024;
/** Others may write meanwhile: that much is still "enough", and twice as much fills the disk. */
const SPARE_MB = 300;

/** A folder on a disk that a test can fill, as far as somebody who wants `minFreeMb` can tell. */
export class FillingDisk {
  readonly folder: string;
  /** What a program in `folder` should want to be free. */
  readonly minFreeMb: number;

  constructor() {
    this.folder = mkdtempSync(join(place(), 'offhook-filling-'));
    this.minFreeMb = Math.floor(freeMb(this.folder)) - SPARE_MB;
  }

  fill(): void {
    const file = openSync(join(this.folder, 'ballast'), 'w');
    const zeros = Buffer.alloc(8 * MB);
    while (freeMb(this.folder) > this.minFreeMb - SPARE_MB) writeSync(file, zeros);
    closeSync(file);
  }

  remove(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }
}

/** In memory where there is room for it: fast, and nobody else writes much. */
function place(): string {
  try {
    if (freeMb('/dev/shm') > 4 * SPARE_MB) return '/dev/shm';
  } catch {
    // Only Linux has it.
  }
  return tmpdir();
}

function freeMb(folder: string): number {
  const { bavail, bsize } = statfsSync(folder);
  return (bavail * bsize) / MB;
}
