/**
 * The Voice SDK always signals over `wss://<host>/signal`. On a page served over plain http (that
 * is localhost, elsewhere browsers give no microphone anyway) our server speaks `ws://` there.
 */
export function mapSignalUrl(url: string, signalHost: string): string {
  return url === `wss://${signalHost}/signal` ? `ws://${signalHost}/signal` : url;
}

/** A WebSocket class that is the browser's own, but for the one address. */
export function signalSocket(Socket: typeof WebSocket, signalHost: string): typeof WebSocket {
  return class SignalSocket extends Socket {
    constructor(url: string | URL, protocols?: string | string[]) {
      super(mapSignalUrl(String(url), signalHost), protocols);
    }
  };
}
