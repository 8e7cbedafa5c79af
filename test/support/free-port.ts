import { createSocket, type Socket } from 'node:dgram';
import { createServer, type Server } from 'node:net';

/**
 * Below the ports that the system gives to whoever asks for any (Linux: from 32768 on): one of
 * those may be somebody else's by the time a program that is still starting gets to it.
 */
const FIRST = 10_000;
/** A part for each worker, so that those who look at the same time do not find the same. */
const PART = 2_000;
const PARTS = 5;
/** Phones take the port after theirs for TLS, and RTP has more beside it. */
const WIDTH = 4;

const part = FIRST + (Number(process.env.VITEST_POOL_ID ?? 0) % PARTS) * PART;
let next = Math.floor(Math.random() * (PART / WIDTH));

/** A port that is free on loopback for TCP and UDP, as is the one after it. Given out once. */
export async function freePort(): Promise<number> {
  for (let tries = 0; tries < PART / WIDTH; tries += 1) {
    next = (next + 1) % (PART / WIDTH);
    const port = part + next * WIDTH;
    if ((await isFree(port)) && (await isFree(port + 1))) return port;
  }
  throw new Error(`No port is free from ${part} to ${part + PART - 1}`);
}

async function isFree(port: number): Promise<boolean> {
  const server = createServer();
  const socket = createSocket('udp4');
  return (
    (await opens(server, () => server.listen(port, '127.0.0.1'))) &&
    (await opens(socket, () => socket.bind(port, '127.0.0.1')))
  );
}

/** Whether it can be opened; it is closed again. */
function opens(one: Server | Socket, open: () => void): Promise<boolean> {
  return new Promise((resolve, reject) => {
    one.once('listening', () => one.close(() => resolve(true)));
    one.once('error', (error: NodeJS.ErrnoException) => {
      one.close();
      if (error.code === 'EADDRINUSE') resolve(false);
      else reject(error);
    });
    open();
  });
}
