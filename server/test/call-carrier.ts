import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { getExpectedTwilioSignature } from 'twilio/lib/webhooks/webhooks.js';
import { WirePhones, type WireAnswer as Answer } from './wire-phones.ts';

export interface WireLeg {
  sid: string;
  status: string;
  to: string;
  from: string;
  label: string;
  room: string;
  created: Date;
  start: Date | null;
  end: Date | null;
  /** Where its news go, as the server asked; null for the agent's. */
  callback: string | null;
}

export interface WireRoom {
  sid: string;
  name: string;
  status: 'in-progress' | 'completed';
  reason: string | null;
  endedBy: string | null;
  /** Sids of the legs in it. */
  inside: Set<string>;
}

/** What happens to the next order to ring a customer, or an agent's SIP phone. */
export type DialTrouble =
  /** The carrier rings, but its answer never arrives. */
  | 'answer_lost'
  /** Nobody rings, and no answer arrives. */
  | 'order_lost'
  /** The answer is kept back until `release` is called. */
  | 'held'
  | { status: number; code: number; message: string };

export const AUTH_TOKEN = 'a1'.repeat(16);

/**
 * The carrier's side of the wire, for what no real one does on request: losing answers, refusing,
 * being late. Speaks the documented requests that calls need, and signs its callbacks.
 */
export class WireCarrier {
  readonly legs = new Map<string, WireLeg>();
  readonly rooms = new Map<string, WireRoom>();
  /** "POST /Calls/CA1.json {…}", in order, from below the account. */
  readonly requests: string[] = [];
  dialTrouble: DialTrouble | null = null;
  readonly phones = new WirePhones();
  /** The next so many orders to end a leg are refused as not fitting its state. */
  conflicts = 0;
  #server: Server;
  #port = 0;
  #count = 0;
  #held: (() => void)[] = [];

  constructor() {
    this.#server = this.#make();
  }

  async open(): Promise<void> {
    await new Promise<void>((resolve) => this.#server.listen(this.#port, '127.0.0.1', resolve));
    this.#port = (this.#server.address() as AddressInfo).port;
  }

  async close(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
    this.#server = this.#make();
  }

  get apiUrl(): string {
    return `http://127.0.0.1:${this.#port}`;
  }

  /** Orders to ring an agent's SIP phone. */
  get phoneDials(): URLSearchParams[] {
    const orders = this.requests.filter((line) => line.startsWith('POST /Calls.json '));
    return orders.map((line) => new URLSearchParams(line.split(' ')[2]));
  }

  get dials(): string[] {
    return this.requests.filter((line) => /^POST .*\/Participants\.json/.test(line));
  }

  /** Lets go of the answers that were held. */
  release(): void {
    for (const answer of this.#held.splice(0)) answer();
  }

  addLeg(leg: Partial<WireLeg>): WireLeg {
    this.#count += 1;
    const sid = `CA${String(this.#count).padStart(32, '0')}`;
    const made: WireLeg = {
      sid,
      status: 'in-progress',
      to: '',
      from: '',
      label: '',
      room: '',
      created: new Date(),
      start: null,
      end: null,
      callback: null,
      ...leg,
    };
    this.legs.set(sid, made);
    return made;
  }

  addRoom(name: string): WireRoom {
    this.#count += 1;
    const sid = `CF${String(this.#count).padStart(32, '0')}`;
    const room: WireRoom = {
      sid,
      name,
      status: 'in-progress',
      reason: null,
      endedBy: null,
      inside: new Set(),
    };
    this.rooms.set(sid, room);
    return room;
  }

  #make(): Server {
    return createServer((request, response) => {
      void this.#serve(request, response);
    });
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = new URL(request.url ?? '', 'http://carrier');
    const path = url.pathname.replace(/^\/2010-04-01\/Accounts\/\w+/, '');
    const form = new URLSearchParams(await text(request));
    const method = request.method ?? '';
    this.requests.push(`${method} ${path} ${form.toString()}`.trim());
    const dials = /^\/Conferences\/(\w+)\/Participants\.json$/.exec(path);
    if (method === 'POST' && dials) return this.#dial(dials[1] ?? '', form, response);
    if (method === 'POST' && path === '/Calls.json') return this.#dial('', form, response);
    if (path.startsWith('/SIP/')) return send(response, this.phones.answer(method, path, form));
    send(response, this.#answer(method, path, form, url.searchParams));
  }

  #dial(roomSid: string, form: URLSearchParams, response: ServerResponse): void {
    const trouble = this.dialTrouble;
    this.dialTrouble = null;
    if (trouble !== null && typeof trouble === 'object') {
      return send(response, { status: trouble.status, body: trouble });
    }
    if (trouble === 'order_lost') {
      response.destroy();
      return;
    }
    const leg = this.addLeg({
      status: 'queued',
      to: form.get('To') ?? '',
      from: form.get('From') ?? '',
      label: form.get('Label') ?? '',
      room: roomSid,
      callback: form.get('StatusCallback'),
    });
    const ids = { sid: leg.sid, call_sid: leg.sid };
    const body = { ...ids, label: leg.label, conference_sid: roomSid, status: 'queued' };
    if (trouble === 'answer_lost') response.destroy();
    else if (trouble === 'held') this.#held.push(() => send(response, { status: 201, body }));
    else send(response, { status: 201, body });
  }

  #answer(method: string, path: string, form: URLSearchParams, query: URLSearchParams): Answer {
    const call = /^\/Calls\/(\w+)\.json$/.exec(path)?.[1];
    if (call !== undefined) return this.#call(method, call, form);
    if (path === '/Calls.json') {
      const calls = [...this.legs.values()].filter(({ to }) => to === query.get('To'));
      return ok({ calls: calls.map(callBody), next_page_uri: null });
    }
    if (path === '/Conferences.json') {
      const rooms = [...this.rooms.values()].filter((r) => r.name === query.get('FriendlyName'));
      return ok({ conferences: rooms.map(roomBody), next_page_uri: null });
    }
    const [, roomSid = '', , who] =
      /^\/Conferences\/(\w+)(\/Participants(?:\/(\w+))?)?\.json$/.exec(path) ?? [];
    const room = this.rooms.get(roomSid);
    if (room === undefined) return NOT_FOUND;
    const inside = [...this.legs.values()].filter((leg) => isInside(leg, room));
    if (path.endsWith('/Participants.json')) {
      return ok({ participants: inside.map(participantBody), next_page_uri: null });
    }
    if (who === undefined) return this.#room(method, room);
    const found = [...this.legs.values()].find(
      (leg) => leg.room === roomSid && leg.label === who && leg.end === null,
    );
    return found === undefined ? NOT_FOUND : ok(participantBody(found));
  }

  #call(method: string, sid: string, form: URLSearchParams): Answer {
    const leg = this.legs.get(sid);
    if (leg === undefined) return NOT_FOUND;
    if (method === 'POST') {
      if (this.conflicts > 0 || leg.end !== null) {
        this.conflicts -= 1;
        const message = 'Call is not in-progress. Cannot redirect.';
        return { status: 400, body: { status: 400, code: 21220, message } };
      }
      leg.status = form.get('Status') ?? '';
      leg.end = new Date();
    }
    return ok(callBody(leg));
  }

  #room(method: string, room: WireRoom): Answer {
    if (method === 'POST' && room.status !== 'completed') {
      room.status = 'completed';
      room.reason = 'conference-ended-via-api';
    }
    return ok(roomBody(room));
  }
}

/** The carrier's news to the server, signed unless told otherwise. */
export async function callBack(
  base: string,
  pathAndQuery: string,
  fields: Record<string, string>,
  signature?: string,
): Promise<{ status: number; text: string }> {
  const url = `${base}${pathAndQuery.replace(/#.*$/, '')}`;
  const signed = getExpectedTwilioSignature(AUTH_TOKEN, url, fields);
  const response = await fetch(url, {
    method: 'POST',
    headers: {
      'content-type': 'application/x-www-form-urlencoded',
      'x-twilio-signature': signature ?? signed,
    },
    body: new URLSearchParams(fields),
  });
  return { status: response.status, text: await response.text() };
}

function isInside(leg: WireLeg, room: WireRoom): boolean {
  return room.inside.has(leg.sid);
}

function callBody(leg: WireLeg) {
  return {
    sid: leg.sid,
    status: leg.status,
    to: leg.to,
    from: leg.from,
    date_created: leg.created.toUTCString(),
    start_time: leg.start?.toUTCString() ?? null,
    end_time: leg.end?.toUTCString() ?? null,
  };
}

function roomBody(room: WireRoom) {
  return {
    sid: room.sid,
    friendly_name: room.name,
    status: room.status,
    reason_conference_ended: room.reason,
    call_sid_ending_conference: room.endedBy,
    date_updated: new Date().toUTCString(),
  };
}

function participantBody(leg: WireLeg) {
  return { call_sid: leg.sid, label: leg.label, conference_sid: leg.room, status: 'connected' };
}

function ok(body: unknown): Answer {
  return { status: 200, body };
}

const NOT_FOUND: Answer = {
  status: 404,
  body: { status: 404, code: 20404, message: 'The requested resource was not found' },
};

function send(response: ServerResponse, { status, body }: Answer): void {
  response.writeHead(status, { 'content-type': 'application/json' });
  response.end(JSON.stringify(body));
}
