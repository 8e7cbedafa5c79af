import type { Switchboard } from '../leg/switchboard.ts';
import { newSid } from '../sid.ts';
import { Conference, type ConferenceParts } from './conference.ts';
import type { ConferenceCallback } from './conference-record.ts';

export const REGIONS = ['us1', 'ie1', 'de1', 'sg1', 'br1', 'au1', 'jp1'] as const;
const DEFAULT_REGION = 'us1';

/** Every conference that lives. Completed ones are in the ledger. */
export class Conferences {
  readonly #live = new Map<string, Conference>();
  readonly #parts: ConferenceParts;

  constructor(parts: ConferenceParts, switchboard: Switchboard) {
    this.#parts = parts;
    switchboard.onEarly.listen((call) => this.ofCall(call.sid)?.callEarly(call));
    switchboard.onAnswered.listen((call) => this.ofCall(call.sid)?.callAnswered(call));
    switchboard.onEnded.listen(({ call, from }) => {
      const conference = this.ofCall(call.sid);
      conference?.callEnded(call, from);
    });
  }

  find(sid: string): Conference | undefined {
    const conference = this.#live.get(sid);
    return conference?.over === false ? conference : undefined;
  }

  ofCall(callSid: string): Conference | undefined {
    return this.live().find((conference) => conference.participant(callSid) !== undefined);
  }

  live(): Conference[] {
    for (const [sid, conference] of this.#live) if (conference.over) this.#live.delete(sid);
    return [...this.#live.values()];
  }

  /**
   * The conference that lives under this name, or a new one. Only who creates it says where its
   * news goes (as on Twilio: the first participant's callback counts).
   */
  named(
    friendlyName: string,
    callback: ConferenceCallback | null,
    region: string = DEFAULT_REGION,
  ): Conference {
    const found = this.live().find(({ record }) => record.friendlyName === friendlyName);
    if (found) return found;
    const now = Date.now();
    const conference = new Conference(
      {
        sid: newSid('CF'),
        friendlyName,
        status: 'init',
        createdAt: now,
        updatedAt: now,
        reasonEnded: null,
        callSidEnding: null,
        callback,
        region,
        sequence: 1,
        participants: [],
      },
      this.#parts,
    );
    this.#live.set(conference.sid, conference);
    return conference;
  }

  close(): void {
    for (const conference of this.live()) conference.end('conference-ended-via-api');
  }
}
