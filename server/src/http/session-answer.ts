import type { PhoneSettings, Session } from '@offhook/contract';
import type { FastifyRequest } from 'fastify';
import type { Config } from '../config/config.ts';
import type { Asker } from '../person/asker.ts';
import type { People } from '../person/people.ts';
import type { Setup } from '../person/setup.ts';
import { isLocal } from './visitor.ts';

export interface SessionAnswerParts {
  config: Pick<Config, 'signal' | 'demoCustomers' | 'dialling' | 'carrier'>;
  people: People;
  setup: Setup;
}

export type SessionAnswer = (request: FastifyRequest, asker: Asker | null) => Promise<Session>;

/** What a page needs to know first: who is signed in, and how the phone is set up. */
export function createSessionAnswer({ config, people, setup }: SessionAnswerParts): SessionAnswer {
  return async (request, asker) => {
    const setupNeeded = asker === null && (await setup.needed());
    return {
      setupNeeded,
      setupTokenNeeded: setupNeeded && !isLocal(request),
      person: asker === null ? null : await people.get(asker.personId),
      phone: asker === null ? null : phoneSettings(config, request.host),
    };
  };
}

function phoneSettings(config: SessionAnswerParts['config'], host: string): PhoneSettings {
  return {
    // The page's own host: we pass the signalling on.
    signalHost: config.signal === null ? null : host,
    country: config.dialling.country,
    demoCustomers: config.demoCustomers.map(({ number, name, description }) => ({
      number,
      name,
      description,
    })),
    demoPhoneNumber:
      config.demoCustomers.find((customer) => customer.client !== undefined)?.number ?? null,
    sipPhones: config.carrier.sipPhones !== null,
  };
}
