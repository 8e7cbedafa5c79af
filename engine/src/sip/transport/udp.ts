import { createSocket, type Socket } from 'node:dgram';
import { isIPv4, isIPv6 } from 'node:net';
import { TransportFailed } from './failure.ts';
import type { Wire } from './wire.ts';

const MAPPED = '::ffff:';
/** Room for a burst of calls while the process is busy; the system may give less. */
const RECEIVE_BYTES = 1 << 20;

/** Binds a UDP port; 0: any free one. Rejects when it is taken. */
export async function openUdp(host: string, port: number): Promise<Wire> {
  const socket = createSocket({
    type: isIPv6(host) ? 'udp6' : 'udp4',
    recvBufferSize: RECEIVE_BYTES,
    lookup: numeric,
  });
  await new Promise<void>((resolve, reject) => {
    socket.once('error', reject);
    socket.bind(port, host, () => {
      socket.off('error', reject);
      resolve();
    });
  });
  return wireOver(socket, isIPv6(host));
}

/**
 * The address that the system would send from towards `address`: a connected UDP socket knows, and
 * sends nothing. Null: there is no way there.
 */
export function localAddressTowards(address: string): string | null {
  const socket = createSocket({ type: isIPv6(address) ? 'udp6' : 'udp4', lookup: numeric });
  // What goes wrong with an address that is none shows below, where there is no address to read.
  socket.on('error', () => undefined);
  try {
    socket.connect(9, address);
    return unmapped(socket.address().address);
  } catch {
    return null;
  } finally {
    socket.close();
  }
}

/** An IPv4 address that came over an IPv6 socket, as it is usually written. */
export function unmapped(address: string): string {
  return address.startsWith(MAPPED) ? address.slice(MAPPED.length) : address;
}

function wireOver(socket: Socket, six: boolean): Wire {
  let closed: Promise<void> | null = null;
  const wire: Wire = {
    port: socket.address().port,
    onMessage: () => undefined,
    send(bytes, address, port, failed) {
      if (closed !== null) return;
      if (!six && !isIPv4(address)) {
        failed(new TransportFailed('unsupported', `no way to ${address}: no IPv6 here`));
        return;
      }
      socket.send(bytes, port, six && isIPv4(address) ? MAPPED + address : address, (error) => {
        if (error !== null && closed === null) {
          failed(new TransportFailed('refused', `${address}:${port}: ${error.message}`, error));
        }
      });
    },
    close() {
      closed ??= new Promise((resolve) => socket.close(resolve));
      return closed;
    },
  };
  socket.on('message', (bytes, from) => wire.onMessage(bytes, unmapped(from.address), from.port));
  // Nothing to do: whoever sent the datagram in question was told by its callback.
  socket.on('error', () => undefined);
  return wire;
}

/** Addresses here are numeric always: without this every datagram would wait for a look-up. */
export function numeric(
  address: string,
  family: unknown,
  found: (error: null, address: string, family: number) => void,
): void {
  found(null, address, family === 6 ? 6 : 4);
}
