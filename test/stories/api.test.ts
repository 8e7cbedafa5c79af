import {
  type ApiKeyCreated,
  type Call,
  CallDetail,
  type ErrorBody,
  LiveCall,
} from '@offhook/contract';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { NOT_IN_SERVICE, Scene, TALKS } from './scene.ts';
import type { Answer } from '../support/client.ts';
import { type Description, describedBy, fitsTo } from '../support/api-description.ts';

let scene: Scene;
let description: Description;
let fits: ReturnType<typeof fitsTo>;
beforeAll(async () => {
  scene = await Scene.open();
  description = await describedBy(scene.agent);
  fits = fitsTo(description);
});
afterAll(() => scene.close());

/** Asks and expects that the answer is as described. */
async function get(path: string, template: string): Promise<Answer> {
  const answer = await scene.agent.get(path);
  fits('get', template, answer);
  return answer;
}

test('every operation but the open ones needs a session or an API key', async () => {
  let asked = 0;
  for (const [template, methods] of Object.entries(description.paths)) {
    for (const [method, operation] of Object.entries(methods)) {
      if (operation.security?.length === 0) continue;
      const path = template.replace(/\{\w+\}/g, 'x');
      for (const headers of [{}, { authorization: 'Bearer offhook_guess' }]) {
        asked += 1;
        const visitor = scene.offhook.visitor();
        if (method === 'head') {
          expect([path, (await visitor.fetch('HEAD', path, { headers })).status]).toEqual([
            path,
            401,
          ]);
          continue;
        }
        const answer = await visitor.send(method.toUpperCase(), path, { headers });
        const seen = [method, path, answer.status, codeOf(answer)];
        expect(seen).toEqual([method, path, 401, 'auth.required']);
        fits(method, template, answer);
      }
    }
  }
  expect(asked).toBeGreaterThan(30);
});

describe('a whole call answers as it is described', () => {
  test('from the first number to the recording', async () => {
    await get('/api/session', '/api/session');
    await get('/api/phone/token?identity=agent', '/api/phone/token');
    await get(`/api/numbers?text=${encodeURIComponent(TALKS)}`, '/api/numbers');
    await get('/api/numbers?text=999', '/api/numbers');

    const key = { 'idempotency-key': 'story' };
    const placed = await scene.agent.post<Call>('/api/calls', { to: TALKS }, key);
    const { id } = placed.body;
    const again = await scene.agent.post<Call>('/api/calls', { to: TALKS }, key);
    const reused = await scene.agent.post('/api/calls', { to: NOT_IN_SERVICE }, key);
    const second = await scene.agent.post('/api/calls', { to: TALKS });
    const wrong = await scene.agent.post('/api/calls', { to: '999' });
    const answers = [placed, again, reused, second, wrong];
    for (const answer of answers) fits('post', '/api/calls', answer);
    expect(answers.map(({ status }) => status)).toEqual([201, 200, 409, 409, 422]);
    await get(`/api/calls/${id}`, '/api/calls/{id}');

    const leg = await (await scene.phone('agent')).call({ call: id });
    const ringing = { call: placed.body, leg };
    await scene.until(ringing, 'connected');
    await get(`/api/calls/${id}`, '/api/calls/{id}');
    await get('/api/calls?state=live', '/api/calls');
    const recording = `/api/calls/${id}/recording`;
    await get(recording, '/api/calls/{id}/recording');
    fits('post', '/api/calls/{id}/hangup', await scene.agent.post(`/api/calls/${id}/hangup`));
    await scene.ended(ringing);
    await scene.recorded(ringing);
    const { recording: made } = CallDetail.parse(
      (await get(`/api/calls/${id}`, '/api/calls/{id}')).body,
    );
    await get(recording, '/api/calls/{id}/recording');
    await get(`/api/recordings/${made?.id ?? ''}/peaks`, '/api/recordings/{id}/peaks');
    await get('/api/calls?limit=1', '/api/calls');
    await get('/api/calls?limit=many', '/api/calls');
    await get('/api/calls?colour=red', '/api/calls');
    await get('/api/calls/none', '/api/calls/{id}');
    await get('/api/recordings/none/peaks', '/api/recordings/{id}/peaks');
    const nothing = await scene.agent.post('/api/calls/none/hangup');
    fits('post', '/api/calls/{id}/hangup', nothing);
    expect([nothing.status, codeOf(nothing)]).toEqual([404, 'call.not_found']);

    const told = scene.live.events.filter(({ call }) => call.id === id);
    expect(told.length).toBeGreaterThan(8);
    for (const event of told) LiveCall.parse(event);
  });

  test('for a program with an API key, which sends no cookie and no origin', async () => {
    const made = await scene.agent.post<ApiKeyCreated>('/api/api-keys', { name: 'CRM' });
    const ask = async (method: string, path: string, body?: unknown) => {
      const response = await fetch(new URL(path, scene.offhook.url), {
        method,
        headers: {
          authorization: `Bearer ${made.body.secret}`,
          ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      });
      const { status, headers } = response;
      return { status, headers, body: (await response.json()) as Call };
    };
    const placed = await ask('POST', '/api/calls', { to: TALKS });
    fits('post', '/api/calls', placed);
    expect(placed.status).toBe(201);
    fits('get', '/api/calls', await ask('GET', '/api/calls'));
    const ended = await ask('POST', `/api/calls/${placed.body.id}/hangup`);
    fits('post', '/api/calls/{id}/hangup', ended);
    expect(ended.body).toMatchObject({ outcome: 'cancelled', endReason: 'agent_hung_up' });
  });
});

function codeOf(answer: Answer): string {
  return (answer.body as ErrorBody).error.code;
}
