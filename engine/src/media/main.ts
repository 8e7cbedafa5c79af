import { createSocket } from 'node:dgram';
import { lookup } from 'node:dns/promises';
import { isIP } from 'node:net';
import { setPriority } from 'node:os';
import datachannel from 'node-datachannel';
import { pino, type Logger } from 'pino';
import { MediaFailure } from './failure.ts';
import { Knocks } from './leg/knocks.ts';
import type { PeerNetwork } from './leg/peer.ts';
import { MediaEngine } from './media-engine.ts';
import type { CommandMessage, MediaMessage } from './protocol.ts';
import { PortPairs } from './rtp/port-pairs.ts';
import { readSettings, type MediaSettings } from './settings.ts';

/**
 * The media process. It lives as long as the control process that forked it: when the channel
 * between them closes, it is gone at once.
 */
async function main(settings: MediaSettings, log: Logger): Promise<void> {
  comeFirst(log);
  datachannel.initLogger('Warning', (level, message) => log.debug({ level }, message));
  // Else the first caller waits for it.
  datachannel.preload();
  // Keeps the port ours, also while nobody is on the line.
  const udpPort = settings.udpPort === 0 ? await freePort(settings) : settings.udpPort;
  const listener = new datachannel.IceUdpMuxListener(udpPort, settings.bindAddress ?? undefined);
  const knocks = new Knocks();
  listener.onUnhandledStunRequest((request) => knocks.receive(request));
  const engine = new MediaEngine(
    {
      network: { ...(await addresses(settings)), udpPort, knocks },
      ports: new PortPairs(settings.rtpPorts, settings.bindAddress),
      rtpTimeoutMs: settings.rtpTimeoutMs,
    },
    (event, data) => void say({ event, data } as MediaMessage),
    log,
  );
  // A stray error must not take every call along; it is told, and the others go on.
  process.on('uncaughtException', (err) => log.error({ err }, 'uncaught'));
  process.on('unhandledRejection', (err) => log.error({ err }, 'unhandled'));
  // Control decides when we stop; a Ctrl-C in its terminal reaches us too.
  process.on('SIGINT', () => undefined);
  process.on('SIGTERM', () => undefined);
  process.on('disconnect', () => void engine.close().finally(() => process.exit(0)));
  process.on('message', (message: CommandMessage) => {
    void carryOut(engine, message, log).then((last) => {
      if (!last) return;
      listener.stop();
      // The library crashes when it cleans up after media, so there is no cleaning up.
      process.exit(0);
    });
  });
  await say({ event: 'ready', data: { udpPort } });
}

/** Sound cannot wait; everything else on this machine can. */
function comeFirst(log: Logger): void {
  try {
    setPriority(-10);
  } catch (err) {
    log.debug({ err }, 'an ordinary user may not go before others; sound is as timely as can be');
  }
}

/** True after the last command. */
async function carryOut(
  engine: MediaEngine,
  message: CommandMessage,
  log: Logger,
): Promise<boolean> {
  const { id, command } = message;
  const carry = engine.handlers[command] as (ask: unknown) => unknown;
  try {
    const answer = await carry(message.ask);
    await say({ id, ok: true, answer });
  } catch (err) {
    const code = err instanceof MediaFailure ? err.code : 'internal';
    if (code === 'internal') log.error({ err, command }, 'command failed');
    await say({ id, ok: false, code, message: err instanceof Error ? err.message : String(err) });
  }
  return command === 'stop';
}

/** Resolves when control has it, or is gone: then there is nobody to tell. */
function say(message: MediaMessage): Promise<void> {
  return new Promise((resolve) => {
    if (!process.connected) resolve();
    else process.send?.(message, undefined, undefined, () => resolve());
  });
}

async function addresses(
  settings: MediaSettings,
): Promise<Pick<PeerNetwork, 'bindAddress' | 'extraAddresses'>> {
  const extra: string[] = [];
  const { publicAddress, bindAddress } = settings;
  if (publicAddress !== null) {
    extra.push(isIP(publicAddress) ? publicAddress : (await lookup(publicAddress)).address);
  }
  // Interfaces are found by the library, the loopback is not: the browser may be on this machine.
  extra.push('127.0.0.1');
  return { bindAddress, extraAddresses: extra };
}

/** A UDP port that nobody has. */
function freePort({ bindAddress }: MediaSettings): Promise<number> {
  return new Promise((resolve, reject) => {
    const socket = createSocket(bindAddress?.includes(':') === true ? 'udp6' : 'udp4');
    socket.once('error', reject);
    socket.bind(0, bindAddress ?? undefined, () => {
      const { port } = socket.address();
      socket.close(() => resolve(port));
    });
  });
}

const settings = readSettings(process.argv[2]);
const log = pino({ name: 'media', level: settings.logLevel }, pino.destination(2));
try {
  await main(settings, log);
} catch (err) {
  log.fatal({ err, udpPort: settings.udpPort }, 'the media process cannot start');
  process.exit(1);
}
