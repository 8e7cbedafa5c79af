/** The one live stream of this browser, shared by its tabs: HTTP/1.1 allows six connections in all. */
import { LiveFeed, type FeedCommand } from './feed.ts';

const scope = self as unknown as SharedWorkerGlobalScope;
const ports = new Set<MessagePort>();
const feed = new LiveFeed((message) => {
  for (const port of ports) port.postMessage(message);
});

scope.addEventListener('connect', (event) => {
  const port = event.ports[0];
  if (!port) return;
  port.addEventListener('message', (message: MessageEvent<FeedCommand | 'join' | 'leave'>) => {
    if (message.data === 'leave') ports.delete(port);
    else if (message.data === 'join') {
      ports.add(port);
      port.postMessage({ type: 'status', status: feed.status });
    } else feed.command(message.data);
  });
  port.start();
});
