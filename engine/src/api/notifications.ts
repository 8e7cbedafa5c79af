import { z } from 'zod';
import type { Ledger } from '../journal/ledger.ts';
import type { NoticeRecord } from '../notice/notice-record.ts';
import type { Api } from './app.ts';
import { fields } from './fields.ts';
import { moment, page, PAGE_FIELDS, within } from './paging.ts';
import type { Presenter } from './present.ts';
import { notFound } from './problem.ts';

const LIST = {
  ...PAGE_FIELDS,
  /** 0: errors, 1: warnings. */
  Log: z.enum(['0', '1']).optional(),
  MessageDate: moment.optional(),
  'MessageDate<': moment.optional(),
  'MessageDate>': moment.optional(),
} as const;

export interface NotificationRouteParts {
  ledger: Ledger;
  present: Presenter;
}

interface OneCall {
  Params: { call: string };
}
interface One {
  Params: { sid: string };
}

/** What went wrong with calls (https://www.twilio.com/docs/usage/troubleshooting/debugging). */
export function notificationRoutes(scope: Api, { ledger, present }: NotificationRouteParts): void {
  const list = (raw: unknown, path: string, keep: (record: NoticeRecord) => boolean) => {
    const read = fields(raw, LIST);
    const level = read.Log === undefined ? null : read.Log === '0' ? 'error' : 'warning';
    const fits = (one: NoticeRecord) =>
      keep(one) &&
      (level === null || one.level === level) &&
      within(one.createdAt, read.MessageDate, read['MessageDate<'], read['MessageDate>']);
    const newest = ledger.notices.newestFirst();
    const place = { path: present.path(path), query: raw };
    return page('notifications', newest, fits, read, place, (one) =>
      present.notification(one, false),
    );
  };

  scope.get('/Notifications.json', async (request) =>
    list(request.query, '/Notifications.json', () => true),
  );

  scope.get<One>('/Notifications/:sid.json', async (request) => {
    fields(request.query, {});
    const record = ledger.notices.get(request.params.sid);
    if (!record) throw notFound(request.url);
    return present.notification(record, true);
  });

  scope.get<OneCall>('/Calls/:call/Notifications.json', async (request) => {
    const { call } = request.params;
    // A parameter that nobody knows is refused whether the call exists or not.
    fields(request.query, LIST);
    if (!ledger.calls.has(call)) throw notFound(request.url);
    const path = `/Calls/${call}/Notifications.json`;
    return list(request.query, path, (one) => one.callSid === call);
  });

  scope.get<One & OneCall>('/Calls/:call/Notifications/:sid.json', async (request) => {
    fields(request.query, {});
    const record = ledger.notices.get(request.params.sid);
    if (record?.callSid !== request.params.call) throw notFound(request.url);
    return present.notification(record, true);
  });
}
