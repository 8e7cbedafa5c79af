import { expect, it } from 'vitest';
import { mapSignalUrl, signalSocket } from './signal-socket.ts';

it('maps the one address to ws', () => {
  const host = 'localhost:3001';
  expect(mapSignalUrl('wss://localhost:3001/signal', host)).toBe('ws://localhost:3001/signal');
  expect(mapSignalUrl('wss://localhost:3001/other', host)).toBe('wss://localhost:3001/other');
  expect(mapSignalUrl('wss://elsewhere/signal', host)).toBe('wss://elsewhere/signal');
});

it('is otherwise the class it was made from', () => {
  class Socket {
    static readonly OPEN = 1;
    constructor(readonly url: string) {}
  }
  const Mapped = signalSocket(Socket as unknown as typeof WebSocket, 'h:1');
  expect(Mapped.OPEN).toBe(1);
  expect(new Mapped('wss://h:1/signal').url).toBe('ws://h:1/signal');
});
