import type { CallRecord, Leg, LegRole } from './call.ts';
import type { Effect } from './effects.ts';
import type { Detail } from './facts.ts';

/** A line of the timeline before it has its number. */
export interface Happening {
  kind: string;
  source: 'agent' | 'customer' | 'carrier' | 'system';
  text: string;
  detail: Detail;
}

export interface Decision {
  call: CallRecord;
  effects: Effect[];
  happenings: Happening[];
  /** Set when the fact changed nothing: why. For the log. */
  absorbed: string | null;
}

/**
 * One decision in the making: collects what changes while one fact is considered. Lives only inside
 * `decide`; the call that was passed in is never touched.
 */
export class Turn {
  readonly effects: Effect[] = [];
  readonly happenings: Happening[] = [];
  private why: string | null = null;
  private readonly before: CallRecord;

  constructor(
    public call: CallRecord,
    readonly at: number,
  ) {
    this.before = call;
  }

  set(patch: Partial<CallRecord>): void {
    this.call = { ...this.call, ...patch };
  }

  setLeg(role: LegRole, patch: Partial<Leg>): void {
    this.set({ legs: { ...this.call.legs, [role]: { ...this.call.legs[role], ...patch } } });
  }

  say(kind: string, source: Happening['source'], text: string, detail: Detail = {}): void {
    this.happenings.push({ kind, source, text, detail });
  }

  does(effect: Effect): void {
    this.effects.push(effect);
  }

  /** Nothing to do with this fact; `why` goes to the log. */
  absorb(why: string): void {
    this.why ??= why;
  }

  decision(): Decision {
    const changed = this.call !== this.before || this.effects.length > 0;
    return {
      call: this.call,
      effects: this.effects,
      happenings: this.happenings,
      absorbed: changed || this.happenings.length > 0 ? null : (this.why ?? 'known already'),
    };
  }
}
