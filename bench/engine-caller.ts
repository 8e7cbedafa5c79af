/**
 * The application of the rates benchmark, a process of its own so that neither measures the other:
 * it answers TwiML on loopback and places calls at an even rate, whether or not earlier ones have
 * been answered. Raw HTTP over kept connections: the official client would be what is measured.
 */
import { Agent, createServer, request, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** What the benchmark asks for. */
export interface Load {
  /** "http://127.0.0.1:3002/2010-04-01/Accounts/AC…/Calls.json" */
  calls: string;
  /** "AC…:token" */
  credentials: string;
  to: string;
  from: string;
  perSecond: number;
  seconds: number;
}

/** What came of it. All times in milliseconds. */
export interface LoadResult {
  offered: number;
  /** From before `POST Calls` to the first request for TwiML. */
  firstTwiml: number[];
  /** From before `POST Calls` to the answer that refuses it. */
  refusals: number[];
  /** Of the accepted calls, how many were torn down and told so. */
  completed: number;
  /** Answers that are neither a call nor Twilio's 429 or 503; empty when all is well. */
  odd: string[];
}

/** How long the last calls may take to be over. */
const END_MS = 10_000;

const TONE = '+447700900001';
/** More connections than a client's pool has would measure the kernel's queue of new ones. */
const agent = new Agent({ keepAlive: true, maxSockets: 100 });

interface Round {
  result: LoadResult;
  /** When each call was asked for, by its number. */
  asked: Map<string, number>;
  accepted: number;
  onNews: () => void;
}
let round: Round | null = null;
let rounds = 0;

const server = createServer((asked, answer) => void serve(asked, answer));
server.keepAliveTimeout = 60_000;
server.listen(0, '127.0.0.1', () => process.send?.({ port: port() }));
process.on('message', (load: Load) => {
  place(load).then(
    (result) => process.send?.(result),
    (error: unknown) => {
      throw error;
    },
  );
});
process.on('disconnect', () => process.exit());

function port(): number {
  return (server.address() as AddressInfo).port;
}

async function serve(asked: IncomingMessage, answer: ServerResponse): Promise<void> {
  const at = performance.now();
  for await (const _ of asked) void _;
  const { pathname, searchParams } = new URL(asked.url ?? '/', 'http://localhost');
  const xml = (verbs: string) =>
    answer.setHeader('content-type', 'text/xml').end(`<Response>${verbs}</Response>`);
  if (pathname === '/voice') return void xml(`<Dial timeLimit="3600">${TONE}</Dial>`);
  const began = round?.asked.get(searchParams.get('call') ?? '');
  if (pathname === '/script') {
    if (began !== undefined) round?.result.firstTwiml.push(at - began);
    return void xml('<Hangup/>');
  }
  if (began !== undefined && round) round.result.completed += 1;
  answer.writeHead(204).end();
  round?.onNews();
}

/** Resolves when every accepted call is over, or too late. */
async function place(load: Load): Promise<LoadResult> {
  const result: LoadResult = { offered: 0, firstTwiml: [], refusals: [], completed: 0, odd: [] };
  const mine: Round = { result, asked: new Map(), accepted: 0, onNews: () => undefined };
  round = mine;
  rounds += 1;
  const answers: Promise<void>[] = [];
  const began = performance.now();
  await new Promise<void>((resolve) => {
    const timer = setInterval(() => {
      const seconds = (performance.now() - began) / 1000;
      const due = Math.min(seconds, load.seconds) * load.perSecond;
      for (; result.offered < due; result.offered += 1) {
        answers.push(call(load, mine, `${rounds}-${result.offered}`));
      }
      if (seconds < load.seconds) return;
      clearInterval(timer);
      resolve();
    }, 2);
  });
  await Promise.all(answers);
  await new Promise<void>((resolve) => {
    const late = setTimeout(resolve, END_MS);
    mine.onNews = () => {
      if (mine.result.completed < mine.accepted) return;
      clearTimeout(late);
      resolve();
    };
    mine.onNews();
  });
  return result;
}

async function call(load: Load, round: Round, name: string): Promise<void> {
  const base = `http://127.0.0.1:${port()}`;
  const began = performance.now();
  round.asked.set(name, began);
  const { status, body } = await post(load, {
    To: load.to,
    From: load.from,
    Url: `${base}/script?call=${name}`,
    StatusCallback: `${base}/over?call=${name}`,
  });
  if (status === 201) {
    round.accepted += 1;
    return;
  }
  const { code, more_info: info } = JSON.parse(body) as { code?: number; more_info?: string };
  const refused = (status === 429 || status === 503) && code !== undefined && info !== undefined;
  if (refused) round.result.refusals.push(performance.now() - began);
  else round.result.odd.push(`${status} ${body}`);
}

function post(
  { calls, credentials }: Load,
  form: Record<string, string>,
): Promise<{ status: number; body: string }> {
  return new Promise((resolve, reject) => {
    const asking = request(calls, {
      method: 'POST',
      agent,
      auth: credentials,
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
    });
    asking.on('error', reject);
    asking.on('response', (response) => {
      let body = '';
      response.setEncoding('utf8').on('data', (part: string) => (body += part));
      response.on('end', () => resolve({ status: response.statusCode ?? 0, body }));
    });
    asking.end(new URLSearchParams(form).toString());
  });
}
