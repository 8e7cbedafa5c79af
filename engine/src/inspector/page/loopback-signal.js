/* global document, URL */
// Load this before the Voice SDK on a page on this machine. The SDK only knows wss://; the engine
// has no certificate and speaks plain ws:// here:
//   new Twilio.Device(token, { chunderw: '127.0.0.1:3002' })
(() => {
  const engine = new URL(document.currentScript.src).host;
  const Original = globalThis.WebSocket;
  globalThis.WebSocket = class extends Original {
    constructor(url, protocols) {
      const address = String(url);
      const ours = address === `wss://${engine}/signal`;
      super(ours ? address.replace('wss:', 'ws:') : address, protocols);
    }
  };
})();
