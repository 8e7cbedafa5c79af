import { afterEach, expect, it } from 'vitest';
import { responseTo } from '../message/make.ts';
import type { SipResponse } from '../message/message.ts';
import { Client } from './client.ts';
import { hopTo, Peers, promised } from './test-peers.ts';

const peers = new Peers();
afterEach(() => peers.close());

/** A client that has had no answer for T1, and what it tells. */
async function unanswered(method: string) {
  const told: string[] = [];
  const knocked = promised<(error: Error) => void>();
  const client = new Client(peers.request(method), {
    timing: { ...Peers.TIMES, reliable: false },
    hop: hopTo({ udpPort: 5060 }),
    listener: {
      response: ({ status }: SipResponse) => told.push(String(status)),
      failed: (why, error) => told.push(`${why}: ${error?.message}`),
    },
    send: () => undefined,
    knock: knocked.resolve,
    cancel: () => undefined,
    ended: () => undefined,
  });
  client.begin();
  return { client, told, refused: await knocked.promise };
}

it.each(['INVITE', 'OPTIONS'])('%s fails when nobody is there', async (method) => {
  const { client, told, refused } = await unanswered(method);
  refused(new Error('nobody listens there'));
  client.close();
  expect(told).toEqual(['transport: nobody listens there']);
});

it.each(['INVITE', 'OPTIONS'])('%s goes on when somebody has answered', async (method) => {
  const { client, told, refused } = await unanswered(method);
  client.receive(responseTo(client.request, 100));
  refused(new Error('nobody listens there'));
  client.receive(responseTo(client.request, 200, null, 'b'));
  client.close();
  expect(told).toEqual(['100', '200']);
});
