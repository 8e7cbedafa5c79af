import { Call, CallDetail, CallsAnswer, PhoneToken } from '@offhook/contract';
import { api } from '../../lib/api.ts';
import type { PhoneServer } from '../../phone/agent-phone.ts';

/** The phone's questions, asked of our API. */
export function phoneServer(personId: string): PhoneServer {
  return {
    token: () => api.get('/api/phone/token', PhoneToken, { query: { identity: 'agent' } }),
    placeCall: (to, idempotencyKey) =>
      api.post('/api/calls', { to }, Call, { headers: { 'idempotency-key': idempotencyKey } }),
    hangUp: (callId) => api.post(`/api/calls/${encodeURIComponent(callId)}/hangup`, {}, Call),
    async runningCall() {
      const query = { agentId: personId, state: 'live', limit: 1 };
      const { calls } = await api.get('/api/calls', CallsAnswer, { query });
      return calls[0] ?? null;
    },
    async call(callId) {
      return (await api.get(`/api/calls/${encodeURIComponent(callId)}`, CallDetail)).call;
    },
  };
}
