import { z } from 'zod';
import { DEADLINES } from '../call/facts.ts';
import type { EffectPayloads } from '../db/effect-jobs.ts';
import type { CallTasks } from './call-tasks.ts';
import type { Jobs } from './runners.ts';

const OfCall = z.object({ callId: z.string() });
const OfLeg = OfCall.extend({ leg: z.enum(['agent', 'customer']), sid: z.string() });
const OfRoom = OfCall.extend({ roomSid: z.string() });
const OfDeadline = OfCall.extend({ which: z.enum(DEADLINES) });

/** The call's jobs by name, each with its payload checked: it may have been stored by an older us. */
export function callJobs(tasks: CallTasks): Jobs {
  return {
    'carrier.dial': (payload, attempt) => tasks.dial(OfCall.parse(payload), attempt),
    'carrier.dial_agent': (payload, attempt) => tasks.dialAgent(OfCall.parse(payload), attempt),
    'carrier.end_leg': (payload) => tasks.endLeg(OfLeg.parse(payload)),
    'carrier.end_room': (payload) => tasks.endRoom(OfRoom.parse(payload)),
    'carrier.hold': (payload) => tasks.hold(OfCall.parse(payload)),
    'carrier.look': (payload) => tasks.look(OfCall.parse(payload)),
    'call.deadline': (payload, attempt) => tasks.deadline(OfDeadline.parse(payload), attempt),
  } satisfies Record<Exclude<keyof EffectPayloads, 'recording.fetch'>, Jobs[string]>;
}
