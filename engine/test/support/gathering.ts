import type { RobotCall } from '../../../test/support/robot-phone.ts';
import { powerAt } from '../../../test/support/tones.ts';
import type { Asked } from './application.ts';
import type { House } from './house.ts';

/** People in one conference, each saying a tone of their own. */
export class Gathering {
  readonly room: string;
  readonly #house: House;
  readonly #attributes: string;

  /** `attributes` of the <Conference>, for all. */
  constructor(house: House, room: string, attributes = 'beep="false"') {
    this.#house = house;
    this.room = room;
    const { url } = house.application;
    const events = 'start end join leave mute hold modify announcement';
    const callback = `statusCallback="${url}/news?room=${room}" statusCallbackEvent="${events}"`;
    this.#attributes = `waitUrl="${url}/wait" ${callback} ${attributes}`;
    house.application.on('/voice', ({ fields }) => {
      const { room, own } = fields;
      return `<Response><Dial><Conference ${own}>${room}</Conference></Dial><Play loop="0">/hold.wav</Play></Response>`;
    });
  }

  /** Calls in; does not wait until the call is in the room. */
  async call(name: string, hz: number | null, own = ''): Promise<RobotCall> {
    const robot = await this.#house.robot(name);
    const label = `participantLabel="${name}"`;
    const call = await robot.call({ room: this.room, own: `${this.#attributes} ${label} ${own}` });
    call.sendTone(hz);
    await call.answered;
    return call;
  }

  async join(name: string, hz: number | null, own = ''): Promise<RobotCall> {
    const call = await this.call(name, hz, own);
    await this.news('participant-join', (fields) => fields.ParticipantLabel === name);
    return call;
  }

  news(event: string, fits: (fields: Asked['fields']) => boolean = () => true): Promise<Asked> {
    return this.#house.application.next(
      ({ path, query, fields }) =>
        path === '/news' &&
        query.get('room') === this.room &&
        fields.StatusCallbackEvent === event &&
        fits(fields),
    );
  }

  async sid(): Promise<string> {
    return (await this.news('participant-join')).fields.ConferenceSid ?? '';
  }
}

/** Below this, in dB of full scale, nobody hears a tone. */
const INAUDIBLE_DB = -55;
const PERIOD_MS = 400;

/**
 * Resolves when a call hears exactly these tones for 0.4 s: each of `heard` loud, each of `silent`
 * at least 25 dB below all of them. Rejects after `withinMs`.
 */
export async function hearsOnly(
  call: RobotCall,
  heard: readonly number[],
  silent: readonly number[],
  withinMs = 6_000,
): Promise<void> {
  const until = Date.now() + withinMs;
  for (;;) {
    const sound = call.heard(PERIOD_MS);
    const db = (hz: number) => 10 * Math.log10(4 * powerAt(hz, sound) + 1e-9);
    const enough = sound.samples.length >= PERIOD_MS * 8;
    const weakest = Math.min(...heard.map(db));
    const ceiling = heard.length === 0 ? INAUDIBLE_DB : weakest - 25;
    if (enough && weakest > -35 && silent.every((hz) => db(hz) < ceiling)) return;
    if (Date.now() > until) {
      const measured = [...heard, ...silent].map((hz) => `${hz} Hz ${db(hz).toFixed(0)} dB`);
      throw new Error(`wanted only ${heard.join(', ')}; heard ${measured.join(', ')}`);
    }
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}
