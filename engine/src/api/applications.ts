import { z } from 'zod';
import type { ApplicationRecord } from '../account/account-record.ts';
import type { Ledger } from '../journal/ledger.ts';
import { newSid } from '../sid.ts';
import type { Api } from './app.ts';
import { fields } from './fields.ts';
import { page, PAGE_FIELDS } from './paging.ts';
import type { Presenter } from './present.ts';
import { ApiProblem, notFound } from './problem.ts';
import { VOICE_FIELDS, voiceSettings } from './voice-fields.ts';

const WRITE = { ...VOICE_FIELDS, FriendlyName: z.string().max(64).optional() } as const;
const LIST = { ...PAGE_FIELDS, FriendlyName: z.string().optional() } as const;

interface OneApplication {
  Params: { sid: string };
}

/** `own`: the application of the engine's settings, which browsers call. */
export function applicationRoutes(
  scope: Api,
  { ledger, present, own }: { ledger: Ledger; present: Presenter; own: string },
): void {
  const find = ({ url, params }: { url: string; params: OneApplication['Params'] }) => {
    const record = ledger.applications.get(params.sid);
    if (!record) throw notFound(url);
    return record;
  };

  scope.post('/Applications.json', async (request, reply) => {
    const read = fields(request.body, WRITE);
    const now = Date.now();
    const record = {
      sid: newSid('AP'),
      friendlyName: read.FriendlyName ?? 'Untitled application',
      ...voiceSettings(read, null),
      createdAt: now,
      updatedAt: now,
    };
    ledger.applications.save(record);
    return reply.code(201).send(present.application(record));
  });

  scope.get('/Applications.json', async (request) => {
    const read = fields(request.query, LIST);
    const newest = ledger.applications.newestFirst();
    const fits = ({ friendlyName }: ApplicationRecord) =>
      read.FriendlyName === undefined || friendlyName === read.FriendlyName;
    const place = { path: present.path('/Applications.json'), query: request.query };
    const show = (one: ApplicationRecord) => present.application(one);
    return page('applications', newest, fits, read, place, show);
  });

  scope.get<OneApplication>('/Applications/:sid.json', async (request) => {
    fields(request.query, {});
    return present.application(find(request));
  });

  scope.post<OneApplication>('/Applications/:sid.json', async (request) => {
    const read = fields(request.body, WRITE);
    const before = find(request);
    const record = {
      ...before,
      friendlyName: read.FriendlyName ?? before.friendlyName,
      ...voiceSettings(read, before),
      updatedAt: Date.now(),
    };
    ledger.applications.save(record);
    return present.application(record);
  });

  scope.delete<OneApplication>('/Applications/:sid.json', async (request, reply) => {
    fields(request.query, {});
    const { sid } = find(request);
    if (sid === own) {
      throw new ApiProblem(400, 20_001, 'This application is the engine’s own: it stays');
    }
    ledger.applications.forget(sid);
    return reply.code(204).send();
  });
}
