import { existsSync, statSync } from 'node:fs';
import type { Logger } from 'pino';
import type { CallCallbacks } from '../leg/call-callbacks.ts';
import { isFinal } from '../leg/call-record.ts';
import type { ConferenceCallbacks } from '../room/conference-callbacks.ts';
import type { Recorder } from '../recording/recorder.ts';
import type { RecordingFiles } from '../recording/recording-files.ts';
import { hangUpLeft, type LineParts } from './hang-up-left.ts';
import type { Ledger } from './ledger.ts';

/**
 * After a kill: ends what was open when the engine died, encodes what was recorded, and owes every
 * callback that follows from it. Runs before the engine takes anything new. What was connected has
 * completed; what was not has failed. The last sign of life stands for the moment of the end.
 * Telephones are hung up in the background.
 */
export function recover(
  ledger: Ledger,
  parts: LineParts & {
    calls: CallCallbacks;
    conferences: ConferenceCallbacks;
    recorder: Recorder;
    files: RecordingFiles;
  },
  log: Logger,
): void {
  const diedAt = lastSignOfLife(ledger, parts.files);
  let closed = 0;
  for (const record of ledger.calls.values()) {
    if (isFinal(record.status)) continue;
    closed += 1;
    const answered = record.status === 'in-progress';
    record.status = answered ? 'completed' : 'failed';
    record.endedAt = Math.max(diedAt, record.answeredAt ?? record.createdAt);
    record.updatedAt = Date.now();
    record.sipCode = answered ? 200 : 500;
    ledger.calls.save(record);
    parts.calls.tell(record, 'completed');
  }
  for (const record of ledger.conferences.values()) {
    if (record.status === 'completed') continue;
    closed += 1;
    record.status = 'completed';
    record.reasonEnded = 'conference-ended-via-api';
    record.updatedAt = Date.now();
    const participants = record.participants;
    record.participants = [];
    ledger.conferences.save(record);
    for (const participant of participants) {
      parts.conferences.tell(record, {
        event: 'participant-leave',
        participant,
        callStatus: ledger.calls.get(participant.callSid)?.status ?? 'failed',
        reason: 'conference_ended_via_api',
      });
    }
    parts.conferences.tell(record, { event: 'conference-end', ending: null });
  }
  for (const record of ledger.recordings.values()) {
    if (!['in-progress', 'paused', 'processing'].includes(record.status)) continue;
    closed += 1;
    void parts.recorder.finish(record);
  }
  hangUpLeft(ledger.dialogs, parts, log).catch((error: unknown) => {
    log.error({ err: error }, 'what was on the line when the engine died is not hung up');
  });
  if (closed > 0) log.warn({ closed }, 'closed what was open when the engine died');
}

function lastSignOfLife(ledger: Ledger, files: RecordingFiles): number {
  let latest = ledger.lastWrittenAt ?? Date.now();
  for (const record of ledger.recordings.values()) {
    if (record.status !== 'in-progress' && record.status !== 'paused') continue;
    const spool = files.spool(record.sid);
    if (existsSync(spool)) latest = Math.max(latest, statSync(spool).mtimeMs);
  }
  return Math.round(latest);
}
