import type { Call } from '../leg/call.ts';
import type { MediaLink } from '../media-link.ts';

const OPEN = { muted: false, held: false, coaches: null } as const;

export interface BridgeOptions {
  /** Names the room; nobody else is in it. */
  room: string;
  /** Aborted when one of the two is to leave. */
  signals: readonly AbortSignal[];
  /** `one` parts them by pressing *. */
  hangUpOnStar: boolean;
  /** The longest they may talk; null: as long as they like. */
  limitMs: number | null;
}

/** `one` hears what comes from `other` before it is answered. Returns how to end that. */
export function overhear(one: Call, other: Call, media: MediaLink): () => void {
  const legs = [one, other].map((call) => call.line.mediaLeg).filter((leg) => leg !== null);
  const room = other.sid;
  for (const leg of legs) media.tell('room.join', { room, leg, mix: OPEN });
  return () => {
    // The leg of a call that is over is closed, and out of the room with that.
    const left = [one, other].filter((call) => !call.over).map((call) => call.line.mediaLeg);
    for (const leg of legs) if (left.includes(leg)) media.tell('room.leave', { room, leg });
  };
}

/** Two answered calls hear each other until one ends, is sent elsewhere, or parts them. */
export function bridge(
  one: Call,
  other: Call,
  media: MediaLink,
  { room, signals, hangUpOnStar, limitMs }: BridgeOptions,
): Promise<void> {
  return new Promise((resolve) => {
    const legs = [one, other].map((call) => call.line.mediaLeg);
    const until = AbortSignal.any([...signals]);
    const [first] = legs;
    const deaf =
      hangUpOnStar && first
        ? media.onLeg(first, (news) => {
            if (news.event === 'leg.digit' && news.data.digit === '*') part();
          })
        : null;
    const timer = limitMs === null ? null : setTimeout(() => part(), limitMs);
    let parted = false;
    const part = () => {
      if (parted) return;
      parted = true;
      deaf?.();
      if (timer) clearTimeout(timer);
      until.removeEventListener('abort', part);
      [one, other].forEach((call, index) => {
        const leg = legs[index];
        if (leg && !call.over) media.tell('room.leave', { room, leg });
      });
      resolve();
    };
    until.addEventListener('abort', part, { once: true });
    if (until.aborted) return part();
    for (const leg of legs) if (leg) media.tell('room.join', { room, leg, mix: OPEN });
  });
}
