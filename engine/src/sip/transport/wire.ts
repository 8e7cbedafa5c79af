import type { Failed } from './failure.ts';

/** Datagrams in and out of one port. A test may stand between this and the layers above. */
export interface Wire {
  readonly port: number;
  /** Called for every datagram that comes. */
  onMessage: (bytes: Buffer, address: string, port: number) => void;
  /** `address` is numeric. `failed` is told where the system says so at once. */
  send(bytes: Buffer, address: string, port: number, failed: Failed): void;
  /** Harmless twice; what is sent afterwards is dropped. */
  close(): Promise<void>;
}
