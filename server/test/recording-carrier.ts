import { createHash } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** How one download goes wrong. */
export type Trouble =
  /** 500. */
  | 'error'
  /** 404, as while the carrier is still writing. */
  | 'not_there'
  /** The connection breaks half-way. */
  | 'break'
  /** A web page in place of sound, with 200. */
  | 'page';

export interface KeptRecording {
  sid: string;
  room: string;
  status: string;
  startedAt: Date;
  /** The file by its number of channels; a carrier without two answers 400. */
  audio: { 1?: Buffer; 2?: Buffer };
  /** One for each of the first downloads. */
  troubles: Trouble[];
}

const ACCOUNT_SID = `AC${'0'.repeat(32)}`;
const AUTH_TOKEN = 'secret';

/**
 * The carrier's side of the wire, for what no real one does on request: failing at a given moment.
 * Speaks the few requests for recordings, as documented.
 */
export class WireCarrier {
  readonly account = { accountSid: ACCOUNT_SID, authToken: AUTH_TOKEN };
  readonly recordings = new Map<string, KeptRecording>();
  /** "GET RE….mp3?RequestedChannels=2 bytes=100-" and so on, in order. */
  readonly requests: string[] = [];
  readonly #server: Server;

  constructor() {
    this.#server = createServer((request, response) => {
      this.#answer(request, response);
    });
  }

  async open(): Promise<void> {
    await new Promise<void>((resolve) => this.#server.listen(0, '127.0.0.1', resolve));
  }

  async close(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  get apiUrl(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  #answer(request: IncomingMessage, response: ServerResponse): void {
    const url = new URL(request.url ?? '/', 'http://carrier');
    const path = url.pathname.replace(`/2010-04-01/Accounts/${ACCOUNT_SID}/`, '');
    const basic = Buffer.from(`${ACCOUNT_SID}:${AUTH_TOKEN}`).toString('base64');
    const range = request.headers.range ?? '';
    this.requests.push(`${request.method} ${path}${url.search} ${range}`.trim());
    if (request.headers.authorization !== `Basic ${basic}`) return json(response, 401, {});
    const room = /^Conferences\/([\w-]+)\/Recordings\.json$/.exec(path)?.[1];
    if (room !== undefined) {
      const kept = [...this.recordings.values()].filter((one) => one.room === room);
      return json(response, 200, { recordings: kept.map(resource) });
    }
    const [, sid = '', kind] = /^Recordings\/(\w+)\.(json|mp3)$/.exec(path) ?? [];
    const kept = this.recordings.get(sid);
    if (kept === undefined) return json(response, 404, { code: 20404 });
    if (request.method === 'DELETE') {
      this.recordings.delete(sid);
      response.writeHead(204).end();
    } else if (kind === 'json') json(response, 200, resource(kept));
    else sendAudio(request, response, kept, url.searchParams.get('RequestedChannels'));
  }
}

function resource({ sid, room, status, startedAt }: KeptRecording) {
  return {
    sid,
    conference_sid: room,
    status,
    start_time: startedAt.toUTCString().replace('GMT', '+0000'),
    duration: status === 'completed' ? '5' : '-1',
    channels: 2,
    error_code: null,
  };
}

function sendAudio(
  request: IncomingMessage,
  response: ServerResponse,
  kept: KeptRecording,
  channels: string | null,
): void {
  const file = kept.audio[channels === '2' ? 2 : 1];
  if (file === undefined) return json(response, 400, { code: 21220 });
  const trouble = kept.troubles.shift();
  if (trouble === 'error') return json(response, 500, {});
  if (trouble === 'not_there') return json(response, 404, {});
  if (trouble === 'page') return void response.end('<html>Sorry</html>'.repeat(500));
  const etag = `"${createHash('md5').update(file).digest('hex')}"`;
  const from = Number(/^bytes=(\d+)-$/.exec(request.headers.range ?? '')?.[1] ?? 0);
  response.writeHead(from > 0 ? 206 : 200, {
    'content-type': 'audio/mpeg',
    'content-length': file.length - from,
    'accept-ranges': 'bytes',
    etag,
    ...(from > 0 ? { 'content-range': `bytes ${from}-${file.length - 1}/${file.length}` } : {}),
  });
  if (trouble !== 'break') return void response.end(file.subarray(from));
  const half = file.subarray(from, from + Math.floor((file.length - from) / 2));
  response.write(half, () => response.destroy());
}

function json(response: ServerResponse, status: number, body: unknown): void {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
}
