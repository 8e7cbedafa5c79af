/**
 * A message could not be sent. certificate: the far end's does not hold for the name, or nobody
 * whom we trust has signed it. `message` is for people who run a trunk.
 */
export class TransportFailed extends Error {
  readonly code: 'refused' | 'timeout' | 'certificate' | 'closed' | 'unsupported';

  constructor(code: TransportFailed['code'], message: string, cause?: unknown) {
    super(message, { cause });
    this.name = 'TransportFailed';
    this.code = code;
  }
}

export type Failed = (error: TransportFailed) => void;
