import type { Logger } from 'pino';
import { CallDesk } from './call-desk.ts';
import { CarrierAddresses } from './carrier/addresses.ts';
import { Carrier } from './carrier/carrier.ts';
import type { CarrierClient } from './carrier/client.ts';
import { CarrierDesk } from './carrier/desk.ts';
import { lookAtCall } from './carrier/look.ts';
import { CarrierRecordings } from './carrier/recordings.ts';
import { sipUri } from './carrier/sip-uri.ts';
import type { Config } from './config/config.ts';
import { CallStore } from './db/call-store.ts';
import type { Db } from './db/database.ts';
import { callJobs } from './jobs/call-jobs.ts';
import { CallTasks } from './jobs/call-tasks.ts';
import { takeOverFromDead } from './jobs/dead-workers.ts';
import { phoneJobs } from './jobs/phone-jobs.ts';
import { startRunner } from './jobs/runners.ts';
import { Sweep } from './jobs/sweep.ts';
import type { SipPhones } from './person/sip-phones.ts';
import type { WriteAudit } from './recording/play-log.ts';
import { openRecordings, type Recordings } from './recording/recordings.ts';

/** Where calls happen: the desks that people and the carrier talk to, and what stands behind. */
export interface CallFloor {
  desk: CallDesk;
  carrierDesk: CarrierDesk;
  recordings: Recordings;
}

export interface CallFloorParts {
  config: Config;
  db: Db;
  client: CarrierClient;
  sipPhones: SipPhones;
  audit: WriteAudit;
  log: Logger;
  /** Takes over what must be closed, as soon as it is open; closed last to first. */
  opened: (part: { close(): Promise<void> }) => void;
}

/** Carrier commands are short and must not wait behind each other, nor behind downloads. */
const COMMANDS_AT_ONCE = 10;
const DOWNLOADS_AT_ONCE = 3;

/** The second half of the composition root, in the order a call walks through it. */
export async function openCallFloor(parts: CallFloorParts): Promise<CallFloor> {
  const { config, db, client, sipPhones, audit, log, opened } = parts;
  const calls = new CallStore(db, log);

  // The carrier: what we tell it, and what it tells us.
  const addresses = new CarrierAddresses(config.carrier.callbackUrl);
  const carrier = new Carrier(client, addresses, config.carrier.callerId);
  const { authToken } = config.carrier;
  const carrierDesk = new CarrierDesk({ calls, addresses, authToken, log });

  // The recording: fetch, verify, store.
  const source = new CarrierRecordings(config.carrier);
  const recordings = await openRecordings({
    config: {
      dataFolder: config.dataFolder,
      recording: config.recording,
      toleranceMs: config.carrier.recordingToleranceMs,
      country: config.dialling.country,
    },
    db,
    source,
    calls,
    audit,
    log,
  });
  opened(recordings);

  const { archive } = recordings;
  const desk = new CallDesk({
    db,
    calls,
    config,
    sipUriOf: (personId) => sipUriOf(config, sipPhones, personId),
    recordingOf: (call) => archive.of(call),
  });

  // What decisions leave behind.
  opened(await takeOverFromDead(config.database.url, log));
  const tasks = new CallTasks({ calls, carrier, look: (call) => lookAtCall(client, call), log });
  const databaseUrl = config.database.url;
  opened(
    await startRunner({
      name: 'commands',
      databaseUrl,
      jobs: { ...callJobs(tasks), ...phoneJobs(sipPhones) },
      concurrency: COMMANDS_AT_ONCE,
      log,
    }),
  );
  opened(
    await startRunner({
      name: 'downloads',
      databaseUrl,
      jobs: recordings.jobs,
      concurrency: DOWNLOADS_AT_ONCE,
      log,
    }),
  );
  const sweep = new Sweep({ db, everyMs: config.call.sweepEveryMs, log });
  opened(sweep);
  await sweep.start();
  return { desk, carrierDesk, recordings };
}

async function sipUriOf(
  { carrier }: Config,
  sipPhones: SipPhones,
  personId: string,
): Promise<string | null> {
  const username = await sipPhones.usernameOf(personId);
  if (username === null || carrier.sipPhones === null) return null;
  return sipUri(username, carrier.sipPhones.domain);
}
