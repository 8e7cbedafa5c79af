import type { MediaErrorCode } from './protocol.ts';

/** A command that cannot be carried out, for a reason that control may act upon. */
export class MediaFailure extends Error {
  override name = 'MediaFailure';
  readonly code: MediaErrorCode;

  constructor(code: MediaErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}

/** A sound file that cannot be played. */
export function unreadable(error: unknown): MediaFailure {
  const why = error instanceof Error ? error.message : String(error);
  return new MediaFailure('file_unreadable', why, { cause: error });
}
