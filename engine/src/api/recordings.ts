import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import type { IncomingHttpHeaders } from 'node:http';
import type { FastifyReply } from 'fastify';
import { z } from 'zod';
import type { Ledger } from '../journal/ledger.ts';
import type { AudioFormat, RecordingFiles } from '../recording/recording-files.ts';
import type { RecordingRecord } from '../recording/recording-record.ts';
import type { Api } from './app.ts';
import { fields, flag } from './fields.ts';
import { moment, page, PAGE_FIELDS, within } from './paging.ts';
import type { Presenter } from './present.ts';
import { ApiProblem, notFound } from './problem.ts';

const DATES = {
  DateCreated: moment.optional(),
  'DateCreated<': moment.optional(),
  'DateCreated>': moment.optional(),
} as const;

const LIST = {
  ...PAGE_FIELDS,
  ...DATES,
  CallSid: z.string().optional(),
  ConferenceSid: z.string().optional(),
  // Deleted means deleted: there is nothing more to list.
  IncludeSoftDeleted: flag.optional(),
} as const;

const CONTENT_TYPE: Record<AudioFormat, string> = { mp3: 'audio/mpeg', wav: 'audio/x-wav' };

export interface RecordingRouteParts {
  ledger: Ledger;
  files: RecordingFiles;
  present: Presenter;
}

interface OneRecording {
  Params: { sid: string };
}

export function recordingRoutes(scope: Api, parts: RecordingRouteParts): void {
  const { ledger, present } = parts;
  const list = (
    raw: unknown,
    path: string,
    read: z.infer<z.ZodObject<typeof LIST>>,
    keep: (record: RecordingRecord) => boolean,
    show: (record: RecordingRecord) => unknown,
  ) => {
    const fits = (one: RecordingRecord) =>
      keep(one) &&
      (read.CallSid === undefined || one.callSid === read.CallSid) &&
      (read.ConferenceSid === undefined || one.conferenceSid === read.ConferenceSid) &&
      within(one.createdAt, read.DateCreated, read['DateCreated<'], read['DateCreated>']);
    const place = { path, query: raw };
    return page('recordings', ledger.recordings.newestFirst(), fits, read, place, show);
  };

  const listOf = (raw: unknown, below: string, keep: (record: RecordingRecord) => boolean) =>
    list(
      raw,
      present.path(`${below}/Recordings.json`),
      fields(raw, { ...PAGE_FIELDS, ...DATES }),
      keep,
      (one) => present.recordingOf(below, one),
    );

  scope.get('/Recordings.json', async (request) =>
    list(
      request.query,
      present.path('/Recordings.json'),
      fields(request.query, LIST),
      () => true,
      (one) => present.recording(one),
    ),
  );

  for (const kind of ['Calls', 'Conferences'] as const) {
    scope.get<OneRecording>(`/${kind}/:sid/Recordings.json`, async (request) => {
      fields(request.query, { ...PAGE_FIELDS, ...DATES });
      const { sid } = request.params;
      const known = kind === 'Calls' ? ledger.calls : ledger.conferences;
      if (!known.has(sid)) throw notFound(request.url);
      const owner = (one: RecordingRecord) => (kind === 'Calls' ? one.callSid : one.conferenceSid);
      return listOf(request.query, `/${kind}/${sid}`, (one) => owner(one) === sid);
    });
  }

  scope.get<OneRecording>('/Recordings/:sid.json', async (request) => {
    fields(request.query, { IncludeSoftDeleted: flag.optional() });
    const record = ledger.recordings.get(request.params.sid);
    if (!record) throw notFound(request.url);
    return present.recording(record);
  });

  scope.delete<OneRecording>('/Recordings/:sid.json', async (request, reply) => {
    fields(request.query, {});
    const record = ledger.recordings.get(request.params.sid);
    if (!record) throw notFound(request.url);
    await removeRecording(record, parts);
    return reply.code(204).send();
  });

  mediaRoutes(scope, parts);
}

function mediaRoutes(scope: Api, { ledger, files }: RecordingRouteParts): void {
  // Without an ending Twilio answers WAV; both forms are mono unless asked otherwise.
  for (const [path, format] of [
    ['/Recordings/:sid.mp3', 'mp3'],
    ['/Recordings/:sid.wav', 'wav'],
    ['/Recordings/:sid', 'wav'],
  ] as const) {
    scope.get<OneRecording>(path, async (request, reply) => {
      const { RequestedChannels } = fields(request.query, {
        RequestedChannels: z.enum(['1', '2']).default('1'),
        Download: flag.optional(),
      });
      const record = ledger.recordings.get(request.params.sid);
      if (record?.status !== 'completed') throw notFound(request.url);
      const channels = RequestedChannels === '2' ? 2 : 1;
      if (channels > record.channels) {
        throw new ApiProblem(400, 20_001, 'RequestedChannels: the recording has one channel');
      }
      const file = await files.have(record.sid, format, channels);
      return sendFile(reply, file, CONTENT_TYPE[format], request.headers);
    });
  }
}

export async function removeRecording(
  record: RecordingRecord,
  { ledger, files }: Pick<RecordingRouteParts, 'ledger' | 'files'>,
): Promise<void> {
  if (['in-progress', 'paused', 'processing'].includes(record.status)) {
    throw new ApiProblem(409, 20_409, 'The recording is not finished; it can be deleted later');
  }
  ledger.recordings.forget(record.sid);
  await files.remove(record.sid);
}

/**
 * RFC 9110 §14: one byte range, or the whole file. The strong ETag changes whenever the file is made
 * anew; a range asked for with `If-Range` (§13.1.5) is given only of the same file.
 */
async function sendFile(
  reply: FastifyReply,
  path: string,
  type: string,
  asked: IncomingHttpHeaders,
): Promise<FastifyReply> {
  const { size, mtimeMs, ino } = await stat(path);
  const tag = `"${[ino, size, Math.round(mtimeMs)].map((part) => part.toString(36)).join('-')}"`;
  void reply.type(type).header('accept-ranges', 'bytes').header('etag', tag);
  const known = asked['if-none-match']?.split(',').map((one) => one.trim().replace(/^W\//, ''));
  if (known?.some((one) => one === tag || one === '*')) return reply.code(304).send();
  const same = asked['if-range'] === undefined || asked['if-range'] === tag;
  const range = same ? rangeOf(asked.range, size) : null;
  if (range === null) return reply.header('content-length', size).send(createReadStream(path));
  const { start, end } = range;
  if (start > end) return reply.code(416).header('content-range', `bytes */${size}`).send();
  return reply
    .code(206)
    .header('content-range', `bytes ${start}-${end}/${size}`)
    .header('content-length', end - start + 1)
    .send(createReadStream(path, { start, end }));
}

/** First and last byte; the last before the first when there are none. Null: not a single range. */
function rangeOf(range: string | undefined, size: number): { start: number; end: number } | null {
  const [, first, last] = /^bytes=(\d*)-(\d*)$/.exec(range ?? '') ?? [];
  if (first === undefined || last === undefined || (first === '' && last === '')) return null;
  if (first === '') return { start: Math.max(0, size - Number(last)), end: size - 1 };
  return { start: Number(first), end: last === '' ? size - 1 : Math.min(Number(last), size - 1) };
}
