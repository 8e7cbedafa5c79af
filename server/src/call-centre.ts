import { sql } from 'kysely';
import type { Logger } from 'pino';
import { openCallFloor } from './call-floor.ts';
import { carrierClient } from './carrier/client.ts';
import { CarrierPhones } from './carrier/phone-credentials.ts';
import type { Config } from './config/config.ts';
import { migrate, openDatabase } from './db/database.ts';
import { EventLog } from './db/event-log.ts';
import { callListRoutes } from './http/call-list.ts';
import { callRoutes } from './http/calls.ts';
import { carrierRoutes } from './http/carrier.ts';
import { createApp, type App } from './http/app.ts';
import { watchConnections, type Connections } from './http/connections.ts';
import { frontOfficeRoutes } from './http/front-office-routes.ts';
import { healthRoutes } from './http/health.ts';
import { liveRoutes } from './http/live.ts';
import { numberRoutes } from './http/numbers.ts';
import { openApiRoute } from './http/openapi.ts';
import { installPages } from './http/pages.ts';
import { phoneTokenRoutes } from './http/phone-token.ts';
import { recordingRoutes } from './http/recordings.ts';
import { installSignalPassThrough } from './http/signal.ts';
import { trunkRoutes } from './http/trunks.ts';
import { createLive } from './live/live.ts';
import { audit } from './person/audit.ts';
import { createFrontOffice } from './person/front-office.ts';
import { createTrunks } from './trunk/trunks.ts';

export interface CallCentre {
  /** Opens the doors; answers with the port. */
  listen: () => Promise<number>;
  /** Takes everything down in reverse order. Harmless twice. */
  close(): Promise<void>;
}

export interface Overrides {
  log: Logger;
}

/** How long an answer that is under way may take when the server stops, in milliseconds. */
const LAST_ANSWERS_MS = 3_000;

/**
 * Builds the house in the order a call walks through it; the one place that knows everybody. Parts
 * that must be closed are pushed on `open` and closed last to first.
 */
export async function createCallCentre(config: Config, { log }: Overrides): Promise<CallCentre> {
  const open: { close(): Promise<void> }[] = [];
  const close = once(async () => {
    for (const part of open.reverse()) await part.close();
  });
  try {
    const database = openDatabase(config.database.url, log);
    open.push(database);
    await migrate(database, log);
    const { db } = database;

    // People: who may do what.
    const client = carrierClient(config.carrier);
    const phones = config.carrier.sipPhones;
    const credentials = phones && new CarrierPhones(client, phones.credentialListSid);
    const office = await createFrontOffice({ config, db, credentials, log });

    // The call: carrier commands, call store, event log, jobs.
    const eventLog = new EventLog(db, config.database.url, log);
    open.push(eventLog);
    await eventLog.open();
    const floor = await openCallFloor({
      config,
      db,
      client,
      sipPhones: office.sipPhones,
      audit: (entry) => audit(db, entry),
      log,
      opened: (part) => open.push(part),
    });

    // HTTP: one file per endpoint.
    const app = await createApp({ http: config.http, log, sessions: office.sessions });
    const connections = watchConnections(app);
    open.push({ close: () => closeApp(app, connections) });
    const live = createLive({ source: eventLog, sessions: office.sessions });
    open.push(live);
    await frontOfficeRoutes(app, config, office);
    numberRoutes(app, config);
    phoneTokenRoutes(app, config);
    callRoutes(app, floor);
    callListRoutes(app, { db });
    recordingRoutes(app, floor.recordings);
    await carrierRoutes(app, { desk: floor.carrierDesk });
    trunkRoutes(app, { trunks: createTrunks(config, (entry) => audit(db, entry)) });
    liveRoutes(app, { live });
    healthRoutes(app, {
      databaseAnswers: async () => {
        await sql`select 1`.execute(db);
      },
    });
    openApiRoute(app);
    installSignalPassThrough(app, config.signal?.upstream ?? null);
    await installPages(app, config.http.webFolder);

    return { close, listen: () => listen(connections, config, office.setup.announce) };
  } catch (error) {
    await close();
    throw error;
  }
}

async function listen(
  connections: Connections,
  { http }: Config,
  announce: () => Promise<void>,
): Promise<number> {
  const port = await connections.listen(http.host, http.port);
  await announce();
  return port;
}

/** Nothing new comes in; answers under way are finished, within reason. */
async function closeApp(app: App, connections: Connections): Promise<void> {
  const closed = app.close();
  await connections.end(LAST_ANSWERS_MS);
  await closed;
}

function once(work: () => Promise<void>): () => Promise<void> {
  let done: Promise<void> | null = null;
  return () => (done ??= work());
}
