/** What came is not SIP, or not the SIP that we speak. `message` says in words what is wrong. */
export class SipSyntaxError extends Error {
  /** What a server answers to it: 400, 416 (a scheme that we do not know), 505 (another version). */
  readonly status: 400 | 416 | 505;

  constructor(message: string, status: SipSyntaxError['status'] = 400) {
    super(message);
    this.name = 'SipSyntaxError';
    this.status = status;
  }
}
