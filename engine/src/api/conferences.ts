import { z } from 'zod';
import type { Ledger } from '../journal/ledger.ts';
import type { ConferenceRecord } from '../room/conference-record.ts';
import type { Conferences } from '../room/conferences.ts';
import type { Api } from './app.ts';
import { address, fields, method } from './fields.ts';
import { moment, page, PAGE_FIELDS, within } from './paging.ts';
import type { Presenter } from './present.ts';
import { ApiProblem, notFound } from './problem.ts';

const LIST = {
  ...PAGE_FIELDS,
  FriendlyName: z.string().optional(),
  Status: z.enum(['init', 'in-progress', 'completed']).optional(),
  DateCreated: moment.optional(),
  'DateCreated<': moment.optional(),
  'DateCreated>': moment.optional(),
  DateUpdated: moment.optional(),
  'DateUpdated<': moment.optional(),
  'DateUpdated>': moment.optional(),
} as const;

const UPDATE = {
  Status: z.literal('completed').optional(),
  AnnounceUrl: address.optional(),
  AnnounceMethod: method.default('POST'),
} as const;

export interface ConferenceRouteParts {
  ledger: Ledger;
  conferences: Conferences;
  present: Presenter;
}

export function conferenceRoutes(scope: Api, parts: ConferenceRouteParts): void {
  const { ledger, conferences, present } = parts;

  scope.get('/Conferences.json', async (request) => {
    const read = fields(request.query, LIST);
    const fits = (one: ConferenceRecord) =>
      (read.FriendlyName === undefined || one.friendlyName === read.FriendlyName) &&
      (read.Status === undefined || one.status === read.Status) &&
      within(one.createdAt, read.DateCreated, read['DateCreated<'], read['DateCreated>']) &&
      within(one.updatedAt, read.DateUpdated, read['DateUpdated<'], read['DateUpdated>']);
    const place = { path: present.path('/Conferences.json'), query: request.query };
    return page('conferences', ledger.conferences.newestFirst(), fits, read, place, (one) =>
      present.conference(one),
    );
  });

  scope.get<{ Params: { sid: string } }>('/Conferences/:sid.json', async (request) => {
    fields(request.query, {});
    const record = ledger.conferences.get(request.params.sid);
    if (!record) throw notFound(request.url);
    return present.conference(record);
  });

  scope.post<{ Params: { sid: string } }>('/Conferences/:sid.json', async (request) => {
    const read = fields(request.body, UPDATE);
    const record = ledger.conferences.get(request.params.sid);
    if (!record) throw notFound(request.url);
    const live = conferences.find(record.sid);
    if (read.AnnounceUrl !== undefined) {
      if (!live) throw new ApiProblem(400, 20_001, 'The conference has ended');
      live.announce(read.AnnounceUrl, read.AnnounceMethod, null);
    }
    if (read.Status === 'completed') live?.end('conference-ended-via-api');
    return present.conference(record);
  });
}
