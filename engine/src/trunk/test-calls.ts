import { newSid } from '../sid.ts';
import type { Route } from './route.ts';
import { TestCallRun, type TestCall, type TestCallParts } from './test-call.ts';

/** So many are remembered, over all trunks; whoever asks for an older one is told it is gone. */
const KEPT = 50;

/** The test calls of all trunks: one at a time for each. Known to this process only. */
export class TestCalls {
  readonly #parts: TestCallParts;
  readonly #runs = new Map<string, { trunk: string; run: TestCallRun }>();

  constructor(parts: TestCallParts) {
    this.#parts = parts;
  }

  /** Null: one is running over this trunk. */
  start(to: string, route: Route): TestCall | null {
    const trunk = route.trunk.sid;
    for (const other of this.#runs.values()) {
      if (other.trunk === trunk && other.run.view.state === 'running') return null;
    }
    const run = new TestCallRun(newSid('TC'), to, route, this.#parts);
    this.#runs.set(run.view.id, { trunk, run });
    this.#forgetOldest();
    run.start();
    return run.view;
  }

  find(trunk: string, id: string): TestCall | null {
    const found = this.#runs.get(id);
    return found?.trunk === trunk ? found.run.view : null;
  }

  /** Hangs up what runs. Harmless twice. */
  close(): void {
    for (const { run } of this.#runs.values()) run.close();
  }

  #forgetOldest(): void {
    for (const [id, { run }] of this.#runs) {
      if (this.#runs.size <= KEPT) return;
      if (run.view.state !== 'running') this.#runs.delete(id);
    }
  }
}
