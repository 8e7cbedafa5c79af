import { setPriority } from 'node:os';
import { encodeSpool, type EncodeJob } from './encode.ts';
import type { EncodeReply } from './mp3.ts';

// Whoever is talking comes first.
setPriority(10);

process.on('message', (job: EncodeJob) => {
  void encodeSpool(job).then(
    (encoded) => reply({ ok: true, encoded }),
    (error: unknown) => {
      const { message, code } = error as NodeJS.ErrnoException;
      reply({ ok: false, message, code });
    },
  );
});

function reply(message: EncodeReply): void {
  process.send?.(message);
}
