import { parentPort } from 'node:worker_threads';
import { inspectFile } from './inspect.ts';
import type { InspectAnswer, InspectAsk } from './inspector.ts';

// The decoder reports each damaged frame on the console; the inspection says what matters of it.
Object.assign(globalThis.console, { error: () => undefined });

parentPort?.on('message', (ask: InspectAsk) => {
  inspectFile(ask.path).then(
    (inspection) => answer({ id: ask.id, inspection }),
    (error: unknown) => answer({ id: ask.id, error: String(error) }),
  );
});

function answer(message: InspectAnswer): void {
  parentPort?.postMessage(message);
}
