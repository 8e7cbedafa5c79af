import { type Kysely, sql } from 'kysely';
import type { Logger } from 'pino';
import { lookJob } from '../db/effect-jobs.ts';
import { forgetOldKeys } from '../db/idempotency.ts';
import type { Database } from '../db/schema.ts';

export interface SweepParts {
  db: Kysely<Database>;
  everyMs: number;
  log: Logger;
}

/**
 * Regularly has the carrier asked about calls of which nothing was heard for a while, and once at
 * the start about all that live: lost callbacks and lost time end here.
 */
export class Sweep {
  private timer: NodeJS.Timeout | null = null;
  private running: Promise<void> = Promise.resolve();

  constructor(private readonly parts: SweepParts) {}

  /** Rejects when the first round fails; later failures are logged and the next round tries. */
  async start(): Promise<void> {
    await this.lookAtQuiet(0);
    this.timer = setInterval(() => {
      this.running = this.round();
    }, this.parts.everyMs);
  }

  async close(): Promise<void> {
    if (this.timer !== null) clearInterval(this.timer);
    this.timer = null;
    await this.running;
  }

  private async round(): Promise<void> {
    const { db, everyMs, log } = this.parts;
    try {
      await this.lookAtQuiet(everyMs);
      await forgetOldKeys(db);
    } catch (error) {
      log.warn({ err: error }, 'a sweep failed; the next one tries again');
    }
  }

  private async lookAtQuiet(forMs: number): Promise<void> {
    const { db, log } = this.parts;
    const rows = await db
      .selectFrom('call')
      .select('id')
      .where('state', '<>', 'ended')
      .where('changed_at', '<=', new Date(Date.now() - forMs))
      .execute();
    for (const { id } of rows) {
      const job = lookJob(id);
      // With its key: a look that waits already is moved forward instead of doubled.
      await sql`
        select graphile_worker.add_job(${job.identifier},
          payload := ${JSON.stringify(job.payload)}::json, job_key := ${job.key}::text)
      `.execute(db);
    }
    if (rows.length > 0) log.debug({ calls: rows.length }, 'sweep: asking the carrier');
  }
}
