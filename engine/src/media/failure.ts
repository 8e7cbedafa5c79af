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
