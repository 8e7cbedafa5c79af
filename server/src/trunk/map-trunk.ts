import { type TestCall, TestCallStep, Trunk, TrunkProblem, TrunkState } from '@offhook/contract';
import { z } from 'zod';

/** Milliseconds of Date.now(), as the engine tells times, to an Instant. */
const moment = z.number().transform((ms) => new Date(ms).toISOString());

const EngineProblem = z.object({
  code: TrunkProblem.shape.code,
  text: z.string(),
  sipStatus: z.number().int().nullable(),
  at: moment,
});

/** A trunk as the engine's REST API shows it: the contract's, but for its name and its times. */
const EngineTrunk = z.object({
  ...Trunk.omit({ id: true }).shape,
  sid: z.string(),
  rules: z.array(z.object({ prefix: z.string(), strip: z.number(), prepend: z.string() })),
  createdAt: moment,
  updatedAt: moment,
  state: z.object({
    state: TrunkState.shape.state,
    registration: TrunkState.shape.registration,
    problem: EngineProblem.nullable(),
    since: moment,
    pingMs: z.number().nonnegative().nullable(),
    liveCalls: z.number().int().nonnegative(),
  }),
});

/** The engine's trunk in the contract's words. */
export const TrunkView = EngineTrunk.transform(({ sid, ...rest }): Trunk => ({ id: sid, ...rest }));

export const TrunkList = z.object({ trunks: z.array(TrunkView) });

/** A test call as the engine tells it, in the contract's words. */
export const TestCallView: z.ZodType<TestCall> = z.object({
  id: z.string(),
  to: z.string(),
  state: z.enum(['running', 'passed', 'failed']),
  steps: z.array(z.object({ at: moment, code: TestCallStep, text: z.string(), ok: z.boolean() })),
  problem: EngineProblem.nullable(),
  startedAt: moment,
  endedAt: moment.nullable(),
});

/** What the engine says instead of a success: Twilio's body. */
export const EngineRefusal = z.object({ message: z.string() });
