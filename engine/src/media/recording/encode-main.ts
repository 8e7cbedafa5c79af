import { setPriority } from 'node:os';
import { encodeSpool, type Encoded } from './encode.ts';
import type { EncodeReply, Job } from './mp3.ts';
import { restoreSpool } from './restore.ts';

// Whoever is talking comes first.
setPriority(10);

process.on('message', (job: Job) => {
  void carryOut(job).then(
    (encoded) => reply({ ok: true, encoded }),
    (error: unknown) => {
      const { message, code } = error as NodeJS.ErrnoException;
      reply({ ok: false, message, code });
    },
  );
});

async function carryOut(job: Job): Promise<Encoded | null> {
  if (job.kind === 'encode') return encodeSpool(job);
  await restoreSpool(job);
  return null;
}

function reply(message: EncodeReply): void {
  process.send?.(message);
}
