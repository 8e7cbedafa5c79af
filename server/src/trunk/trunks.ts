import {
  TRUNK_DEFAULTS,
  type TestCall,
  type Trunk,
  type TrunkChange,
  type TrunkRequest,
  type TrunksAnswer,
} from '@offhook/contract';
import { dialProblem } from '../call/dial-rules.ts';
import type { Config } from '../config/config.ts';
import { readNumber } from '../number/read-number.ts';
import type { Asker } from '../person/asker.ts';
import type { AuditEntry } from '../person/audit.ts';
import { mustBe } from '../person/permissions.ts';
import { Problem } from '../problem.ts';
import { EngineTrunks } from './engine-trunks.ts';

/**
 * Trunks as people see and change them. Supervisors may look, administrators change and test; all
 * throw `auth.forbidden` for everybody else, and whatever EngineTrunks throws.
 */
export interface Trunks {
  list(asker: Asker): Promise<TrunksAnswer>;
  get(asker: Asker, id: string): Promise<Trunk>;
  /** Throws `request.invalid`, also for a caller id that is no number. */
  make(asker: Asker, request: TrunkRequest): Promise<Trunk>;
  /** Throws `trunk.read_only` for the environment's trunk, and what `make` throws. */
  change(asker: Asker, id: string, change: TrunkChange): Promise<Trunk>;
  /** Throws `trunk.read_only`. Calls that run over it run on. */
  remove(asker: Asker, id: string): Promise<void>;
  /** Throws number.…, as any call does. */
  startTest(asker: Asker, id: string, to: string): Promise<TestCall>;
  test(asker: Asker, id: string, testId: string): Promise<TestCall>;
}

export function createTrunks(
  config: Pick<Config, 'trunks' | 'carrier' | 'dialling'>,
  audit: (entry: AuditEntry) => Promise<void>,
): Trunks {
  const { dialling } = config;
  const engine = config.trunks && new EngineTrunks({ ...config.carrier, ...config.trunks });
  const administered = (asker: Asker): EngineTrunks => {
    mustBe(asker, 'administrator');
    return engine ?? carrierManaged();
  };
  /** A trunk that may be changed. */
  const changeable = async (trunks: EngineTrunks, id: string): Promise<Trunk> => {
    const trunk = await trunks.get(id);
    if (trunk.source === 'environment') throw readOnly();
    return trunk;
  };
  return {
    async list(asker) {
      mustBe(asker, 'administrator', 'supervisor');
      if (engine === null) return { managedBy: 'carrier', trunks: [] };
      return { managedBy: 'engine', trunks: await engine.list() };
    },
    async get(asker, id) {
      mustBe(asker, 'administrator', 'supervisor');
      return (engine ?? carrierManaged()).get(id);
    },
    async make(asker, request) {
      const trunks = administered(asker);
      const whole = { ...TRUNK_DEFAULTS, ...withNumbers(request, dialling.country) };
      const trunk = await trunks.make(whole);
      await audit({
        action: 'trunk.made',
        personId: asker.personId,
        subject: trunk.id,
        detail: { name: trunk.name },
      });
      return trunk;
    },
    async change(asker, id, change) {
      const trunks = administered(asker);
      await changeable(trunks, id);
      const trunk = await trunks.change(id, withNumbers(change, dialling.country));
      await audit({
        action: 'trunk.changed',
        personId: asker.personId,
        subject: id,
        detail: { name: trunk.name, fields: Object.keys(change).join(', ') },
      });
      return trunk;
    },
    async remove(asker, id) {
      const trunks = administered(asker);
      const { name } = await changeable(trunks, id);
      await trunks.remove(id);
      const { personId } = asker;
      await audit({ action: 'trunk.deleted', personId, subject: id, detail: { name } });
    },
    async startTest(asker, id, to) {
      const trunks = administered(asker);
      const read = readNumber(to, dialling.country);
      const problem = dialProblem(read, dialling);
      if (problem !== null) {
        throw new Problem(problem.code, problem.message, { to: problem.message });
      }
      const number = read.e164 ?? '';
      const test = await trunks.startTest(id, number);
      await audit({
        action: 'trunk.tested',
        personId: asker.personId,
        subject: id,
        detail: { to: number },
      });
      return test;
    },
    async test(asker, id, testId) {
      return administered(asker).test(id, testId);
    },
  };
}

/** Caller ids as typed become E.164. Throws `request.invalid` at the field. */
function withNumbers<T extends TrunkChange>(change: T, country: string): T {
  if (change.callerIds === undefined) return change;
  const callerIds = change.callerIds.map((typed) => {
    const { e164, exists, hasExtension } = readNumber(typed, country);
    if (e164 !== null && exists && !hasExtension) return e164;
    const problem = `“${typed}” is not a number that a phone can have.`;
    throw new Problem('request.invalid', problem, { callerIds: problem });
  });
  return { ...change, callerIds: [...new Set(callerIds)] };
}

function readOnly(): Problem {
  return new Problem(
    'trunk.read_only',
    'This trunk comes from the environment (SIP_TRUNK). Change it there and start again.',
  );
}

function carrierManaged(): never {
  throw new Problem(
    'trunk.carrier_managed',
    'Calls go through the carrier’s cloud, which brings its own lines: there are no trunks here.',
  );
}
