import { z } from 'zod';
import type { Ledger } from '../journal/ledger.ts';
import type { Switchboard } from '../leg/switchboard.ts';
import type { CallRecordings } from '../recording/call-recordings.ts';
import type { LiveRecording, Recorder } from '../recording/recorder.ts';
import type { RecordingRecord } from '../recording/recording-record.ts';
import type { Api } from './app.ts';
import { fields } from './fields.ts';
import type { Presenter } from './present.ts';
import { ApiProblem, notFound } from './problem.ts';
import { RECORD_FIELDS, recordSettings } from './record-fields.ts';
import { removeRecording, type RecordingRouteParts } from './recordings.ts';

const UPDATE = {
  Status: z.enum(['in-progress', 'paused', 'stopped']),
  PauseBehavior: z.enum(['silence', 'skip']).default('silence'),
} as const;

export interface LiveRecordingParts extends RecordingRouteParts {
  ledger: Ledger;
  switchboard: Switchboard;
  recorder: Recorder;
  callRecordings: CallRecordings;
  present: Presenter;
}

interface OneRecording {
  Params: { owner: string; sid: string };
}

/** What Twilio says when there is nothing to record, or nothing being recorded. */
const notEligible = () =>
  new ApiProblem(400, 21_220, 'Requested resource is not eligible for recording');

/** Recordings as calls and conferences have them: started, paused, resumed and stopped. */
export function liveRecordingRoutes(scope: Api, parts: LiveRecordingParts): void {
  const { ledger, switchboard, callRecordings, present } = parts;

  scope.post<{ Params: { sid: string } }>('/Calls/:sid/Recordings.json', async (request, reply) => {
    const read = fields(request.body, RECORD_FIELDS);
    const { sid } = request.params;
    if (!ledger.calls.has(sid)) throw notFound(request.url);
    const call = switchboard.find(sid);
    const settings = recordSettings(read, 'StartCallRecordingAPI', 'do-not-trim');
    const live = call ? callRecordings.start(call, settings) : null;
    if (live === null) throw notEligible();
    return reply.code(201).send(present.recordingOf(`/Calls/${sid}`, live.record));
  });

  for (const kind of ['Calls', 'Conferences'] as const) {
    const one = `/${kind}/:owner/Recordings/:sid.json`;
    const belongs = (record: RecordingRecord, owner: string) =>
      (kind === 'Calls' ? record.callSid : record.conferenceSid) === owner;
    const live = (owner: string, sid: string): LiveRecording | undefined => {
      const found = parts.recorder.live().filter(({ record }) => belongs(record, owner));
      if (sid === 'Twilio.CURRENT') return found.at(-1);
      return found.find(({ record }) => record.sid === sid);
    };
    const find = ({ url, params }: { url: string; params: OneRecording['Params'] }) => {
      const { owner, sid } = params;
      const record = live(owner, sid)?.record ?? ledger.recordings.get(sid);
      if (!record || !belongs(record, owner)) throw notFound(url);
      return record;
    };

    scope.get<OneRecording>(one, async (request) => {
      fields(request.query, {});
      return present.recordingOf(`/${kind}/${request.params.owner}`, find(request));
    });

    scope.post<OneRecording>(one, async (request) => {
      const read = fields(request.body, UPDATE);
      const { owner, sid } = request.params;
      const record = find(request);
      const running = live(owner, sid);
      if (!running) throw notEligible();
      if (read.Status === 'stopped') running.stop();
      else running.pause(read.Status === 'paused' ? read.PauseBehavior : null);
      const shown = present.recordingOf(`/${kind}/${owner}`, record);
      return read.Status === 'stopped' ? { ...shown, status: 'stopped' } : shown;
    });

    scope.delete<OneRecording>(one, async (request, reply) => {
      fields(request.query, {});
      await removeRecording(find(request), parts);
      return reply.code(204).send();
    });
  }
}
