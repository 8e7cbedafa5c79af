import { ERROR_STATUS, type ErrorCode } from '@offhook/contract';

/**
 * An error that the asker is told about. Thrown anywhere, turned into an answer in one place
 * (http/error-handler.ts). `message` is for people: what happened, what it means, what to do.
 */
export class Problem extends Error {
  readonly status: number;

  constructor(
    readonly code: ErrorCode,
    message: string,
    readonly fields?: Record<string, string>,
  ) {
    super(message);
    this.name = 'Problem';
    this.status = ERROR_STATUS[code];
  }
}
