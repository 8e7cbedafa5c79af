import { newSid } from '../sid.ts';
import type { TrunkRecord, TrunkState } from '../trunk/trunk-record.ts';
import type { Trunks } from '../trunk/trunks.ts';
import type { Api } from './app.ts';
import { fields } from './fields.ts';
import { ApiProblem, notFound } from './problem.ts';
import { changedTrunk, newTrunk } from './trunk-fields.ts';

/** A trunk as people see it: its password never leaves the engine. */
export type TrunkView = Omit<TrunkRecord, 'password'> & {
  hasPassword: boolean;
  state: TrunkState;
};

interface OneTrunk {
  Params: { sid: string };
}

/** Every one is looked after all the time; more of them would be a mistake. */
const MOST = 100;

/** `/trunks`: JSON in and out, in the words of TrunkRecord. */
export function trunkRoutes(scope: Api, { trunks }: { trunks: Trunks }): void {
  const view = ({ password, ...record }: TrunkRecord): TrunkView => ({
    ...record,
    hasPassword: password !== null,
    state: trunks.stateOf(record.sid),
  });

  scope.get('/trunks', async (request) => {
    fields(request.query, {});
    return { trunks: trunks.list().map(view) };
  });

  scope.post('/trunks', async (request, reply) => {
    const settings = newTrunk(request.body);
    if (trunks.list().length >= MOST) throw conflict(`There are ${MOST} trunks already`);
    const now = Date.now();
    const own = { sid: newSid('TK'), source: 'settings', createdAt: now, updatedAt: now } as const;
    const record: TrunkRecord = { ...own, ...settings };
    refuseTwins(trunks, record);
    trunks.save(record);
    return reply.code(201).send(view(record));
  });

  scope.get<OneTrunk>('/trunks/:sid', async (request) => {
    fields(request.query, {});
    return view(findTrunk(trunks, request));
  });

  scope.post<OneTrunk>('/trunks/:sid', async (request) => {
    const before = changeable(findTrunk(trunks, request));
    const record = { ...changedTrunk(before, request.body), updatedAt: Date.now() };
    refuseTwins(trunks, record);
    trunks.save(record);
    return view(record);
  });

  scope.delete<OneTrunk>('/trunks/:sid', async (request, reply) => {
    fields(request.query, {});
    trunks.remove(changeable(findTrunk(trunks, request)).sid);
    return reply.code(204).send();
  });
}

/** @throws ApiProblem 404 */
export function findTrunk(
  trunks: Trunks,
  { url, params }: { url: string; params: OneTrunk['Params'] },
): TrunkRecord {
  const record = trunks.get(params.sid);
  if (!record) throw notFound(url);
  return record;
}

export function conflict(message: string): ApiProblem {
  return new ApiProblem(409, 20_409, message);
}

function changeable(record: TrunkRecord): TrunkRecord {
  if (record.source === 'settings') return record;
  throw conflict(
    'This trunk is what SIP_TRUNK says: change it in the environment, and start again',
  );
}

/** Two trunks to the same place as the same user could not be told apart when a call comes in. */
function refuseTwins(trunks: Trunks, record: TrunkRecord): void {
  const { sid, name, host, port, transport, username } = record;
  for (const other of trunks.list()) {
    if (other.sid === sid) continue;
    if (other.name === name) throw conflict(`There is a trunk named ${name} already`);
    const twins =
      other.host === host &&
      other.port === port &&
      other.transport === transport &&
      other.username === username;
    if (twins) throw conflict(`${other.name} is a trunk to ${host} with the same sign-in already`);
  }
}
