import { setImmediate as turn } from 'node:timers/promises';
import type { Logger } from 'pino';
import type { DialogRecord } from '../leg/sip/dialog-record.ts';
import { reasonHeader } from '../leg/sip/failures.ts';
import { credentialsOf } from '../leg/sip/trunk-way.ts';
import { SipClosed, type SipLink } from '../sip-link.ts';
import type { UserAgent } from '../sip/user-agent/calls.ts';
import type { Trunks } from '../trunk/trunks.ts';
import type { Shelf } from './shelf.ts';

/** Where SIP is, and whose credentials answer a challenge. */
export interface LineParts {
  sip: Pick<SipLink, 'ready'>;
  trunks: Pick<Trunks, 'get'>;
}

/**
 * After a kill: telephones that were in a call still hold their line, and hear nothing. Each of their
 * dialogs gets a BYE, and is forgotten when it is answered or has had its time. To be called before
 * the engine takes anything new; settles when all are done. Where SIP cannot be opened they stay, for
 * the next start.
 */
export async function hangUpLeft(
  dialogs: Shelf<DialogRecord>,
  parts: LineParts,
  log: Logger,
): Promise<void> {
  const left = [...dialogs.values()];
  if (left.length === 0) return;
  const agent = await open(parts, log);
  if (agent === null) return;
  log.warn({ dialogs: left.length }, 'hangs up what was on the line when the engine died');
  const done: Promise<void>[] = [];
  for (const record of left) {
    done.push(hangUp(record, agent, parts, log).then(() => void dialogs.forget(record.id)));
    // Thousands of them must not keep a new call waiting.
    await turn();
  }
  await Promise.all(done);
}

async function open({ sip }: LineParts, log: Logger): Promise<UserAgent | null> {
  try {
    return await sip.ready();
  } catch (error) {
    if (!(error instanceof SipClosed)) throw error;
    log.warn({ err: error }, 'what was on the line when the engine died cannot be hung up');
    return null;
  }
}

async function hangUp(
  record: DialogRecord,
  agent: UserAgent,
  { trunks }: LineParts,
  log: Logger,
): Promise<void> {
  const { leg, trunkSid, state } = record;
  const trunk = trunkSid === null ? undefined : trunks.get(trunkSid);
  const credentials = trunk === undefined ? null : credentialsOf(trunk);
  const headers = [reasonHeader(WHY)];
  try {
    const told = await agent.hangUpLeft(record, { credentials, headers });
    log.info({ leg, callId: state.callId, ...told }, 'BYE for a call that the engine had left');
  } catch (error) {
    // Another version wrote it: the others are to have their BYE all the same.
    log.error({ err: error, leg }, 'a call that the engine had left cannot be hung up');
  }
}

const WHY = 'The voice engine died in the call and has started again.';
