import { Peaks, Recording } from '@offhook/contract';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';
import { Problem } from '../problem.ts';
import type { RecordingArchive } from '../recording/archive.ts';
import { contentDisposition } from '../recording/file-name.ts';
import type { PlayLog } from '../recording/play-log.ts';
import type { App } from './app.ts';
import { chooseRange, isUnchanged } from './byte-range.ts';

export interface RecordingHouse {
  archive: RecordingArchive;
  plays: PlayLog;
}

const Id = z.strictObject({ id: z.string().min(1).max(64) });
const AudioQuery = z.strictObject({
  /** 1: to be saved under its file name rather than played. */
  download: z.literal('1').optional(),
});

/** For the description of the API; a stream is sent as it is. */
const Sound = z.string().meta({ contentMediaType: 'audio/mpeg' });

/** Ours for a moment only: who may hear it can change. With a tag, asking again costs little. */
const CACHE = 'private, no-cache';

export function recordingRoutes(app: App, { archive, plays }: RecordingHouse): void {
  app.get(
    '/api/calls/:id/recording',
    {
      schema: {
        summary: 'The recording of a call',
        params: Id,
        response: { 200: Recording },
      },
    },
    async (request) => archive.ofCall(request.params.id, request.asker),
  );

  app.get(
    '/api/recordings/:id/peaks',
    {
      schema: {
        summary: 'The shape of a recording, for drawing it',
        params: Id,
        response: { 200: Peaks },
      },
    },
    async (request, reply) => {
      const peaks = await archive.peaks(request.params.id, request.asker);
      void reply.header('cache-control', CACHE);
      return peaks;
    },
  );

  app.route({
    method: ['GET', 'HEAD'],
    url: '/api/recordings/:id/audio',
    schema: {
      summary: 'The sound of a recording, as MP3; takes range requests',
      params: Id,
      querystring: AudioQuery,
      produces: ['audio/mpeg'],
      response: { 200: Sound, 206: Sound },
    },
    handler: async (request, reply) => {
      const audio = await archive.playable(request.params.id, request.asker);
      const { download } = request.query;
      if (request.method === 'GET') {
        const how = download === undefined ? 'played' : 'downloaded';
        await plays.note({ how, ...audio, asker: request.asker, ipAddress: request.ip });
      }
      const kind = download === undefined ? 'inline' : 'attachment';
      void reply.headers({
        'accept-ranges': 'bytes',
        'cache-control': CACHE,
        'content-disposition': contentDisposition(kind, audio.fileName),
        'content-type': 'audio/mpeg',
        etag: audio.tag,
      });
      return sendAudio(request, reply, audio);
    },
  });
}

type Audio = Awaited<ReturnType<RecordingArchive['playable']>>;

async function sendAudio(
  request: FastifyRequest,
  reply: FastifyReply,
  audio: Audio,
): Promise<FastifyReply> {
  const { bytes, tag } = audio;
  const { range, 'if-range': ifRange, 'if-none-match': ifNoneMatch } = request.headers;
  if (isUnchanged(ifNoneMatch, tag)) return reply.code(304).send();
  // Range is defined for GET only (RFC 9110 §14.2).
  const wanted = request.method === 'GET' ? range : undefined;
  const choice = chooseRange({ range: wanted, ifRange: one(ifRange), size: bytes, tag });
  if (choice.kind === 'unsatisfiable') {
    void reply.removeHeader('etag').removeHeader('content-disposition');
    void reply.header('content-range', `bytes */${bytes}`);
    throw new Problem('recording.range_invalid', `This recording has ${bytes} bytes.`);
  }
  const start = choice.kind === 'part' ? choice.start : 0;
  const end = choice.kind === 'part' ? choice.end : bytes - 1;
  if (choice.kind === 'part') {
    void reply.code(206).header('content-range', `bytes ${start}-${end}/${bytes}`);
  }
  void reply.header('content-length', end - start + 1);
  return request.method === 'HEAD' ? reply.send() : reply.send(await audio.read({ start, end }));
}

function one(header: string | string[] | undefined): string | undefined {
  return Array.isArray(header) ? header[0] : header;
}
