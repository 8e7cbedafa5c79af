import { Buffer } from 'node:buffer';
import type { CarrierConfig } from '../config/config.ts';
import type {
  CarrierRecording,
  Download,
  DownloadAsk,
  RecordingSource,
} from '../recording/ports.ts';
import { mapRecording, RecordingList, RecordingResource } from './map-recording.ts';

type Account = Pick<CarrierConfig, 'apiUrl' | 'accountSid' | 'authToken'>;

const ANSWER_MS = 15_000;
/** A room has one recording, or a few when somebody stopped and started. */
const PAGE_SIZE = 50;

/**
 * Recordings over the carrier's REST API (twilio.com/docs/voice/api/recording). Plain `fetch`, as
 * the official client reads a whole body into memory.
 */
export class CarrierRecordings implements RecordingSource {
  readonly #base: string;
  readonly #authorization: string;

  constructor({ apiUrl, accountSid, authToken }: Account) {
    this.#base = `${apiUrl}/2010-04-01/Accounts/${accountSid}`;
    this.#authorization = `Basic ${Buffer.from(`${accountSid}:${authToken}`).toString('base64')}`;
  }

  async describe(carrierId: string, signal: AbortSignal): Promise<CarrierRecording | null> {
    const path = `/Recordings/${encodeURIComponent(carrierId)}.json`;
    const response = await this.#ask('GET', path, {}, brief(signal));
    if (response.status === 404) return drop(response, null);
    await expectOk(response, 'describe a recording');
    return mapRecording(RecordingResource.parse(await response.json()));
  }

  async list(room: string): Promise<CarrierRecording[]> {
    const path = `/Conferences/${encodeURIComponent(room)}/Recordings.json?PageSize=${PAGE_SIZE}`;
    const response = await this.#ask('GET', path, {}, brief());
    if (response.status === 404) return drop(response, []);
    await expectOk(response, 'list the recordings of a room');
    const { recordings } = RecordingList.parse(await response.json());
    const found = recordings.map(mapRecording);
    return found.sort((a, b) => (a.startedAt ?? 0) - (b.startedAt ?? 0));
  }

  async download({ carrierId, channels, resume, signal }: DownloadAsk): Promise<Download> {
    const headers: Record<string, string> = { accept: 'audio/mpeg', 'accept-encoding': 'identity' };
    if (resume !== undefined) {
      headers.range = `bytes=${resume.offset}-`;
      headers['if-range'] = resume.tag;
    }
    const path = `/Recordings/${encodeURIComponent(carrierId)}.mp3?RequestedChannels=${channels}`;
    const response = await this.#ask('GET', path, headers, signal);
    // "If dual channel is not available the GET returns 400": ask for one.
    if (response.status === 400 && channels === 2) {
      return drop(response, { kind: 'fewer_channels' });
    }
    if (response.status === 410) return drop(response, { kind: 'gone' });
    await expectOk(response, 'download a recording');
    if (response.body === null) throw new Error('The carrier answered without a body.');
    return {
      kind: 'audio',
      body: response.body,
      offset: offsetOf(response, resume?.offset ?? 0),
      tag: strongTag(response),
    };
  }

  async remove(carrierId: string): Promise<void> {
    const path = `/Recordings/${encodeURIComponent(carrierId)}.json`;
    const response = await this.#ask('DELETE', path, {}, brief());
    if (response.status === 404) return drop(response, undefined);
    await expectOk(response, 'delete a recording');
    await response.body?.cancel();
  }

  #ask(
    method: string,
    path: string,
    headers: Record<string, string>,
    signal: AbortSignal,
  ): Promise<Response> {
    return fetch(`${this.#base}${path}`, {
      method,
      headers: { ...headers, authorization: this.#authorization },
      signal,
    });
  }
}

function brief(signal?: AbortSignal): AbortSignal {
  const timeout = AbortSignal.timeout(ANSWER_MS);
  return signal === undefined ? timeout : AbortSignal.any([signal, timeout]);
}

/** Frees the connection of an answer whose body nobody reads. */
async function drop<T>(response: Response, value: T): Promise<T> {
  await response.body?.cancel();
  return value;
}

async function expectOk(response: Response, what: string): Promise<void> {
  if (response.ok) return;
  const text = (await response.text()).slice(0, 300);
  throw new Error(`The carrier would not ${what}: ${response.status} ${text}`);
}

/** Where the body begins in the file (RFC 9110 §14.4): a 200 is the whole file. */
function offsetOf(response: Response, asked: number): number {
  if (response.status !== 206) return 0;
  const start = /^bytes (\d+)-/.exec(response.headers.get('content-range') ?? '')?.[1];
  if (start === undefined || Number(start) !== asked) {
    throw new Error('The carrier sent another part of the recording than the one asked for.');
  }
  return asked;
}

/** Only a strong tag says that bytes are the same (RFC 9110 §8.8.1). */
function strongTag(response: Response): string | null {
  const tag = response.headers.get('etag');
  const ranges = response.headers.get('accept-ranges') === 'bytes' || response.status === 206;
  return tag !== null && !tag.startsWith('W/') && ranges ? tag : null;
}
