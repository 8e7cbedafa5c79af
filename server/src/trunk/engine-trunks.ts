import { Buffer } from 'node:buffer';
import type { TestCall, Trunk, TrunkChange, TrunkRequest } from '@offhook/contract';
import type { z } from 'zod';
import type { CarrierConfig } from '../config/config.ts';
import { Problem } from '../problem.ts';
import { EngineRefusal, TestCallView, TrunkList, TrunkView } from './map-trunk.ts';

export type EngineAccount = Pick<CarrierConfig, 'apiUrl' | 'accountSid' | 'authToken'>;

/** The engine keeps its trunks in memory and a journal: longer than this is no answer. */
const ANSWER_MS = 10_000;

/**
 * The voice engine's own REST API for trunks (`/offhook/v1/trunks`): no part of Twilio's. Every
 * method throws a Problem when the engine refuses (`trunk.…`, `request.invalid`) or cannot be
 * asked (`carrier.unavailable`).
 */
export class EngineTrunks {
  readonly #base: string;
  readonly #authorization: string;

  constructor({ apiUrl, accountSid, authToken }: EngineAccount) {
    this.#base = `${apiUrl}/offhook/v1/trunks`;
    this.#authorization = `Basic ${Buffer.from(`${accountSid}:${authToken}`).toString('base64')}`;
  }

  async list(): Promise<Trunk[]> {
    return (await this.#ask('GET', '', undefined, TrunkList)).trunks;
  }

  async get(id: string): Promise<Trunk> {
    return this.#ask('GET', one(id), undefined, TrunkView);
  }

  async make(request: TrunkRequest): Promise<Trunk> {
    return this.#ask('POST', '', request, TrunkView);
  }

  async change(id: string, change: TrunkChange): Promise<Trunk> {
    return this.#ask('POST', one(id), change, TrunkView);
  }

  async remove(id: string): Promise<void> {
    const response = await this.#exchange('DELETE', one(id));
    await response.body?.cancel();
  }

  /** Rings `to` (E.164) over this trunk alone. */
  async startTest(id: string, to: string): Promise<TestCall> {
    return this.#ask('POST', `${one(id)}/test-calls`, { to }, TestCallView);
  }

  async test(id: string, testId: string): Promise<TestCall> {
    const path = `${one(id)}/test-calls/${encodeURIComponent(testId)}`;
    return this.#ask('GET', path, undefined, TestCallView);
  }

  async #ask<S extends z.ZodType>(
    method: string,
    path: string,
    body: unknown,
    answer: S,
  ): Promise<z.output<S>> {
    const response = await this.#exchange(method, path, body);
    const read = answer.safeParse(await json(response));
    if (read.success) return read.data;
    throw new Problem(
      'carrier.unavailable',
      'The voice engine answered something we cannot read. It may be of another version than this server.',
    );
  }

  async #exchange(method: string, path: string, body?: unknown): Promise<Response> {
    let response: Response;
    try {
      response = await fetch(`${this.#base}${path}`, {
        method,
        headers: {
          authorization: this.#authorization,
          ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
        signal: AbortSignal.timeout(ANSWER_MS),
      });
    } catch {
      throw new Problem(
        'carrier.unavailable',
        'The voice engine does not answer just now. Please try again in a moment.',
      );
    }
    if (response.ok) return response;
    throw await refusal(response, path);
  }
}

function one(id: string): string {
  return `/${encodeURIComponent(id)}`;
}

/** Undefined for a body that is no JSON: the schema then says so. */
async function json(response: Response): Promise<unknown> {
  try {
    return await response.json();
  } catch {
    return undefined;
  }
}

async function refusal(response: Response, path: string): Promise<Problem> {
  const said = EngineRefusal.safeParse(await json(response));
  const message = said.success ? sentence(said.data.message) : `HTTP ${response.status}.`;
  switch (response.status) {
    case 400:
    case 422:
      return invalid(message);
    case 404:
      return notFound(path);
    case 409:
      return new Problem('trunk.refused', message);
    default:
      return new Problem('carrier.unavailable', `The voice engine could not do it: ${message}`);
  }
}

/** "Invalid parameter host: is neither …" belongs to the field `host`: "This is neither …." */
function invalid(message: string): Problem {
  const [, field, why] = /^Invalid parameter ([\w.]+): (.+)$/s.exec(message) ?? [];
  if (field === undefined || why === undefined) return new Problem('request.invalid', message);
  const words = /^(is|has|names) /.test(why) ? `This ${why}` : upperFirst(why);
  return new Problem('request.invalid', message, { [field]: words });
}

function upperFirst(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

function sentence(text: string): string {
  return /[.!?]$/.test(text) ? text : `${text}.`;
}

function notFound(path: string): Problem {
  return path.includes('/test-calls/')
    ? new Problem('test_call.not_found', 'There is no such test call; old ones are forgotten.')
    : new Problem('trunk.not_found', 'There is no such trunk. It may have been deleted.');
}
