import { z } from 'zod';
import type { Queue, Waiting } from '../queue/queue.ts';
import { DEFAULT_MAX_SIZE, MOST_WAITING } from '../queue/queue-record.ts';
import type { Queues } from '../queue/queues.ts';
import type { TwimlRunner } from '../twiml/runner.ts';
import type { Api } from './app.ts';
import { address, fields, method, whole } from './fields.ts';
import { page, PAGE_FIELDS } from './paging.ts';
import type { Presenter } from './present.ts';
import { ApiProblem, notFound } from './problem.ts';

const NAME = z.string().min(1).max(64);
const SIZE = whole(1, MOST_WAITING);
const CREATE = { FriendlyName: NAME, MaxSize: SIZE.default(DEFAULT_MAX_SIZE) } as const;
const UPDATE = { FriendlyName: NAME.optional(), MaxSize: SIZE.optional() } as const;
const DEQUEUE = { Url: address, Method: method.default('POST') } as const;

/** Whoever waits longest, in place of a CallSid. */
const FRONT = 'Front';

export interface QueueRouteParts {
  queues: Queues;
  runner: TwimlRunner;
  present: Presenter;
}

interface OneQueue {
  Params: { sid: string };
}
interface OneMember {
  Params: { sid: string; call: string };
}

/** https://www.twilio.com/docs/voice/api/queue-resource */
export function queueRoutes(scope: Api, parts: QueueRouteParts): void {
  const { queues, present } = parts;
  const find = ({ url, params }: { url: string; params: OneQueue['Params'] }): Queue => {
    const queue = queues.find(params.sid);
    if (!queue) throw notFound(url);
    return queue;
  };
  const checkName = (name: string | undefined, own: Queue | null) => {
    const taken = name === undefined ? undefined : queues.byName(name);
    if (taken === undefined || taken === own) return;
    throw new ApiProblem(400, 20_001, `Invalid parameter FriendlyName: ${name} is taken`);
  };

  scope.post('/Queues.json', async (request, reply) => {
    const read = fields(request.body, CREATE);
    checkName(read.FriendlyName, null);
    const queue = queues.create(read.FriendlyName, read.MaxSize);
    return reply.code(201).send(present.queue(queue));
  });

  scope.get('/Queues.json', async (request) => {
    const read = fields(request.query, PAGE_FIELDS);
    const place = { path: present.path('/Queues.json'), query: request.query };
    const show = (queue: Queue) => present.queue(queue);
    return page('queues', queues.list(), () => true, read, place, show);
  });

  scope.get<OneQueue>('/Queues/:sid.json', async (request) => {
    fields(request.query, {});
    return present.queue(find(request));
  });

  scope.post<OneQueue>('/Queues/:sid.json', async (request) => {
    const { FriendlyName: friendlyName, MaxSize: maxSize } = fields(request.body, UPDATE);
    const queue = find(request);
    checkName(friendlyName, queue);
    queues.update(queue, {
      ...(friendlyName === undefined ? {} : { friendlyName }),
      ...(maxSize === undefined ? {} : { maxSize }),
    });
    return present.queue(queue);
  });

  scope.delete<OneQueue>('/Queues/:sid.json', async (request, reply) => {
    fields(request.query, {});
    const queue = find(request);
    if (!queue.idle) throw new ApiProblem(400, 20_001, 'The queue is not empty');
    queues.remove(queue);
    return reply.code(204).send();
  });

  memberRoutes(scope, parts, find);
}

/** https://www.twilio.com/docs/voice/api/member-resource */
function memberRoutes(
  scope: Api,
  { runner, present }: QueueRouteParts,
  find: (request: { url: string; params: OneQueue['Params'] }) => Queue,
): void {
  const member = (request: { url: string; params: OneMember['Params'] }) => {
    const queue = find(request);
    const { call: name } = request.params;
    const waiting =
      name === FRONT ? queue.members[0] : queue.members.find(({ call }) => call.sid === name);
    if (!waiting) throw notFound(request.url);
    return { queue, waiting };
  };

  scope.get<OneQueue>('/Queues/:sid/Members.json', async (request) => {
    const read = fields(request.query, PAGE_FIELDS);
    const queue = find(request);
    const items = queue.members.map((waiting) => ({ sid: waiting.call.sid, waiting }));
    const path = present.path(`/Queues/${queue.sid}/Members.json`);
    const show = (one: { waiting: Waiting }) => present.member(queue, one.waiting);
    const place = { path, query: request.query };
    return page('queue_members', items, () => true, read, place, show);
  });

  scope.get<OneMember>('/Queues/:sid/Members/:call.json', async (request) => {
    fields(request.query, {});
    const { queue, waiting } = member(request);
    return present.member(queue, waiting);
  });

  scope.post<OneMember>('/Queues/:sid/Members/:call.json', async (request) => {
    const read = fields(request.body, DEQUEUE);
    const { queue, waiting } = member(request);
    const body = present.member(queue, waiting);
    queue.remove(waiting);
    runner.run(waiting.call, { kind: 'url', url: read.Url, method: read.Method });
    return body;
  });
}
