import { attributes } from '../attributes.ts';
import { NEXT, type Verb } from '../verb.ts';

/** Long enough to tell one's own voice from its echo, short enough to call it one. */
const DELAY_MS = 200;

/** <Echo>: the caller hears itself until it hangs up. What the Voice SDK's preflight test calls. */
export const echo: Verb = async ({ call, element, signal }, { media }) => {
  attributes(element, {});
  await call.answer();
  const leg = call.line.mediaLeg;
  if (leg === null || signal.aborted) return NEXT;
  // A partner that says what it hears, in a room of their own.
  const partner = `${leg}-echo`;
  const room = partner;
  const mix = { muted: false, held: false, coaches: null };
  await media.ask('leg.demo', { leg: partner, steps: [{ do: 'echo', delayMs: DELAY_MS }] });
  try {
    for (const member of [leg, partner]) await media.ask('room.join', { room, leg: member, mix });
    await new Promise((resolve) => {
      if (signal.aborted) resolve(null);
      else signal.addEventListener('abort', resolve, { once: true });
    });
  } finally {
    media.tell('leg.close', { leg: partner });
    // A call that was sent elsewhere lives on; of one that is over, the leg is gone already.
    if (!call.over) media.tell('room.leave', { room, leg });
  }
  return NEXT;
};
