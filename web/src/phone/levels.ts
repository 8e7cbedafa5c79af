/** How loud both directions are, 0 to 1; apart from the state because it changes all the time. */
export interface Levels {
  microphone: number;
  farSide: number;
}

export const NO_LEVELS: Levels = { microphone: 0, farSide: 0 };
