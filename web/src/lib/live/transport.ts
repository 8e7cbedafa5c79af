import { LiveFeed, type FeedCommand, type FeedMessage } from './feed.ts';

/** How a tab reaches the browser's one feed. */
export interface Transport {
  send(command: FeedCommand): void;
  close(): void;
}

type Listener = (message: FeedMessage) => void;

/** `lastSeq` tells where to go on when this tab takes the feed over from another. */
export function openTransport(listener: Listener, lastSeq: () => number | null): Transport {
  if ('SharedWorker' in window) return sharedWorker(listener);
  if ('locks' in navigator && 'BroadcastChannel' in window) return electedTab(listener, lastSeq);
  const feed = new LiveFeed(listener);
  return { send: (command) => feed.command(command), close: () => feed.close() };
}

function sharedWorker(listener: Listener): Transport {
  const worker = new SharedWorker(new URL('./shared-worker.ts', import.meta.url), {
    type: 'module',
    name: 'offhook-live',
  });
  const { port } = worker;
  const leave = () => port.postMessage('leave');
  const back = (event: PageTransitionEvent) => {
    if (!event.persisted) return;
    port.postMessage('join');
    listener({ type: 'resync' }); // this page slept and heard nothing
  };
  port.addEventListener('message', (event: MessageEvent<FeedMessage>) => listener(event.data));
  port.start();
  port.postMessage('join');
  addEventListener('pagehide', leave);
  addEventListener('pageshow', back);
  return {
    send: (command) => port.postMessage(command),
    close: () => {
      removeEventListener('pagehide', leave);
      removeEventListener('pageshow', back);
      leave();
      port.close();
    },
  };
}

type Spoken = { to: 'tabs'; message: FeedMessage } | { to: 'feed'; command: FeedCommand | 'join' };

/** Where there are no shared workers the tab that holds a lock has the feed and tells the others. */
function electedTab(listener: Listener, lastSeq: () => number | null): Transport {
  const channel = new BroadcastChannel('offhook-live');
  const over = new AbortController();
  let feed: LiveFeed | null = null;
  let wanted: FeedCommand = 'close';
  const speak = (spoken: Spoken) => channel.postMessage(spoken);
  const tell = (message: FeedMessage) => {
    listener(message);
    speak({ to: 'tabs', message });
  };
  channel.addEventListener('message', ({ data }: MessageEvent<Spoken>) => {
    if (data.to === 'tabs') listener(data.message);
    else if (data.command !== 'join') {
      wanted = data.command;
      feed?.command(data.command);
    } else if (feed) {
      speak({ to: 'tabs', message: { type: 'status', status: feed.status } });
    }
  });
  const lead = () =>
    new Promise<void>((done) => {
      feed = new LiveFeed(tell, lastSeq());
      if (wanted !== 'close') feed.command('open');
      over.signal.addEventListener('abort', () => {
        feed?.close();
        done();
      });
    });
  navigator.locks.request('offhook-live', { signal: over.signal }, lead).catch((error: unknown) => {
    if (!over.signal.aborted) throw error;
  });
  speak({ to: 'feed', command: 'join' });
  return {
    send: (command) => {
      wanted = command;
      if (feed) feed.command(command);
      else speak({ to: 'feed', command });
    },
    close: () => {
      over.abort();
      channel.close();
    },
  };
}
