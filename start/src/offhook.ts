import { existsSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { join } from 'node:path';
import { Child } from './child.ts';
import { engineEnvironment, serverEnvironment } from './environments.ts';
import { OwnPostgres } from './own-postgres.ts';
import { folderProblems, portProblems, environmentProblems } from './preflight.ts';
import { openProgramLog, type ProgramLog } from './program-log.ts';
import { claim, type Claim } from './running.ts';
import { keepSecrets, makeSecrets, type Secrets } from './secrets.ts';
import { readSettings, type Settings, withoutEmpty } from './settings.ts';
import type { Terminal } from './terminal.ts';
import { buildWeb } from './web-build.ts';

/** Nothing was started; `message` lists everything that is wrong. */
export class CannotStart extends Error {
  constructor(problems: string[]) {
    const lines = onePerSetting(problems).map((problem) => `  - ${problem}`);
    super(`Offhook cannot start:\n${lines.join('\n')}`);
    this.name = 'CannotStart';
  }
}

/** PostgreSQL, the engine, the server: started in this order, stopped in the other. */
export class Offhook {
  readonly #open: { close(): Promise<void> | void }[] = [];
  readonly #children: Child[] = [];
  readonly #stopping = new AbortController();
  #claim: Claim | null = null;
  #postgres: OwnPostgres | null = null;
  #closing: Promise<void> | null = null;

  constructor(
    private readonly environment: Record<string, string | undefined>,
    private readonly terminal: Terminal,
  ) {}

  /**
   * @returns the address to type into a browser.
   * @throws CannotStart, AlreadyRunning, or an Error with the last words of what did not start.
   */
  async start(): Promise<string> {
    const settings = await this.#check();
    const env = withoutEmpty(this.environment);
    const secrets = keepSecrets(settings.dataFolder);
    const databasePort = await freePort();
    // In the order in which they are to be closed again, last to first.
    const [databaseUrl, , webFolder] = await Promise.all([
      settings.databaseUrl ?? this.#startPostgres(settings, secrets, databasePort),
      settings.engine &&
        this.#startChild('engine', engineEnvironment(env, settings, secrets), settings),
      settings.webFolder ?? this.#buildWeb(settings),
    ]);
    this.#stopIfClosing();
    const server = serverEnvironment(env, settings, secrets, { databaseUrl, webFolder });
    await this.#startChild('server', server, settings);
    return settings.publicUrl ?? `http://localhost:${settings.port}`;
  }

  /** Server, engine, PostgreSQL, in this order. Harmless twice. */
  async close(): Promise<void> {
    this.#closing ??= (async () => {
      this.#stopping.abort();
      for (const part of this.#open.reverse()) await part.close();
    })();
    return this.#closing;
  }

  /** For the impatient: nothing is finished properly, but nothing is left running. */
  kill(): void {
    for (const child of this.#children) child.kill();
    this.#postgres?.hurry();
  }

  /** Looks at everything before it complains, so that one message can say it all. */
  async #check(): Promise<Settings> {
    const { settings, problems } = readSettings(this.environment);
    const folder = folderProblems(settings.dataFolder);
    problems.push(...folder);
    if (folder.length === 0) {
      const own = (this.#claim = claim(settings.dataFolder));
      this.#open.push({
        close: () => {
          own.release();
        },
      });
      await own.endLeftovers();
    }
    const parts = { databaseUrl: settings.databaseUrl ?? 'postgres://to-be-made', webFolder: '.' };
    const env = withoutEmpty(this.environment);
    problems.push(...(await portProblems(settings)));
    const secrets = makeSecrets();
    const server = serverEnvironment(env, settings, secrets, parts);
    const asked = [environmentProblems('server', server)];
    if (settings.engine) {
      asked.push(environmentProblems('engine', engineEnvironment(env, settings, secrets)));
    }
    problems.push(...(await Promise.all(asked)).flat());
    if (problems.length > 0) throw new CannotStart(problems);
    return settings;
  }

  async #startPostgres(settings: Settings, secrets: Secrets, port: number): Promise<string> {
    const folder = join(settings.dataFolder, 'postgres');
    if (!existsSync(folder)) this.terminal.say('Making the database …');
    const log = this.#log('postgres', settings);
    const postgres = new OwnPostgres(
      {
        folder,
        port,
        adminPassword: secrets.databaseAdminPassword,
        password: secrets.databasePassword,
        onLog: (line) => {
          log.line(line);
        },
      },
      this.terminal,
    );
    this.#postgres = postgres;
    this.#open.push(postgres);
    return postgres.start();
  }

  async #startChild(
    name: 'engine' | 'server',
    env: Record<string, string>,
    settings: Settings,
  ): Promise<void> {
    const main = `${name}/src/main.ts`;
    const log = this.#log(name, settings);
    const onChange = () => {
      this.#note();
    };
    const child = new Child({ name, main, env, log, terminal: this.terminal, onChange });
    this.#children.push(child);
    this.#open.push(child);
    await child.start();
  }

  async #buildWeb(settings: Settings): Promise<string> {
    const elsewhere = join(settings.dataFolder, 'web');
    return buildWeb(elsewhere, this.terminal, this.#stopping.signal);
  }

  #log(name: string, settings: Settings): ProgramLog {
    const log = openProgramLog(settings.dataFolder, name, this.terminal);
    this.#open.push({
      close: () => {
        log.close();
      },
    });
    return log;
  }

  /** Keeps what must be known of us should we be killed. */
  #note(): void {
    const running = this.#children.map((child) => child.identity).filter((id) => id !== null);
    this.#claim?.note(running);
    this.#postgres?.usedBy(running.map(({ pid }) => pid));
  }

  #stopIfClosing(): void {
    if (this.#closing) throw new Error('Offhook was stopped while it started.');
  }
}

/** A new one at every start: the database is for us alone, so nobody needs to know it. */
async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, '127.0.0.1', resolve);
  });
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

/** The server has the last word on a setting that both of us read. */
function onePerSetting(problems: string[]): string[] {
  const setting = (problem: string) => /^[A-Z_]+(?= must)/.exec(problem)?.[0] ?? problem;
  return [...new Map(problems.map((problem) => [setting(problem), problem])).values()];
}
