import { execFile } from 'node:child_process';
import { createSocket } from 'node:dgram';
import { accessSync, constants, mkdirSync } from 'node:fs';
import { createServer } from 'node:net';
import { dirname } from 'node:path';
import { type EngineSettings, REPOSITORY, type Settings } from './settings.ts';

/** Why the data folder cannot be used; nothing when it can. Makes it when it is missing. */
export function folderProblems(dataFolder: string): string[] {
  try {
    makeFolder(dataFolder);
    accessSync(dataFolder, constants.R_OK | constants.W_OK | constants.X_OK);
    return [];
  } catch (error) {
    const why = (error as NodeJS.ErrnoException).code ?? (error as Error).message;
    return [`OFFHOOK_DATA ${dataFolder} cannot be written (${why})`];
  }
}

/** Not mkdir's own `recursive`: where nothing can be made, as in /proc, that never comes back. */
function makeFolder(path: string): void {
  try {
    mkdirSync(path, { mode: 0o700 });
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'EEXIST') return;
    if (code !== 'ENOENT') throw error;
    makeFolder(dirname(path));
    mkdirSync(path, { mode: 0o700 });
  }
}

/** Which of the ports that we are going to open are taken. */
export async function portProblems({ host, port, engine }: Settings): Promise<string[]> {
  const server = await tcp('PORT', host, port);
  const problems = server === null ? [] : [server];
  if (engine) problems.push(...(await engineProblems(engine)));
  if (engine?.port === port) problems.push('PORT and ENGINE_PORT are the same');
  return problems;
}

export async function engineProblems({ port, udpPort }: EngineSettings): Promise<string[]> {
  const problems = [await tcp('ENGINE_PORT', '127.0.0.1', port)];
  if (udpPort !== 0) problems.push(await udp('ENGINE_UDP_PORT', udpPort));
  return problems.filter((problem) => problem !== null);
}

function tcp(name: string, host: string, port: number): Promise<string | null> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', (error: NodeJS.ErrnoException) => {
      resolve(portProblem(`${name} ${port}`, host, error));
    });
    server.listen(port, host, () => {
      server.close(() => {
        resolve(null);
      });
    });
  });
}

function udp(name: string, port: number): Promise<string | null> {
  return new Promise((resolve) => {
    const socket = createSocket('udp4');
    socket.once('error', (error: NodeJS.ErrnoException) => {
      socket.close();
      resolve(portProblem(`${name} ${port}`, '', error));
    });
    socket.bind(port, () => {
      socket.close(() => {
        resolve(null);
      });
    });
  });
}

function portProblem(what: string, host: string, error: NodeJS.ErrnoException): string {
  if (error.code === 'EADDRINUSE') return `${what} is in use by another program`;
  if (error.code === 'EACCES') return `${what} needs rights that this account does not have`;
  if (error.code === 'EADDRNOTAVAIL' || error.code === 'ENOTFOUND') {
    return `HOST ${host} is no address of this machine`;
  }
  return `${what} cannot be opened: ${error.message}`;
}

const CHECKS = { server: 'server/src/config/check.ts', engine: 'engine/src/check.ts' };

/** Asks a program what it thinks of its environment. It starts nothing for that. */
export async function environmentProblems(
  program: keyof typeof CHECKS,
  env: Record<string, string>,
): Promise<string[]> {
  const args = ['--import', import.meta.resolve('tsx'), CHECKS[program]];
  const stdout = await new Promise<string>((resolve, reject) => {
    execFile(process.execPath, args, { cwd: REPOSITORY, env }, (error, out, err) => {
      if (error) reject(new Error(`The settings could not be checked: ${err}`, { cause: error }));
      else resolve(out);
    });
  });
  return JSON.parse(stdout) as string[];
}
