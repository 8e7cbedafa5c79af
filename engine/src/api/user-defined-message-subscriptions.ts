import { z } from 'zod';
import { API_VERSION } from '../leg/call-callbacks.ts';
import { rfc2822 } from '../times.ts';
import type { Api } from './app.ts';
import { address, fields, method } from './fields.ts';
import { ApiProblem, notFound } from './problem.ts';
import type { UserDefinedMessageParts } from './user-defined-messages.ts';

const CREATE = {
  Callback: address,
  Method: method.default('POST'),
  IdempotencyKey: z.string().max(255).optional(),
} as const;

/** https://www.twilio.com/docs/voice/api/userdefinedmessagesubscription-resource */
export function userDefinedMessageSubscriptionRoutes(
  scope: Api,
  { accountSid, switchboard, messages }: UserDefinedMessageParts,
): void {
  scope.post<{ Params: { sid: string } }>(
    '/Calls/:sid/UserDefinedMessageSubscriptions.json',
    async (request, reply) => {
      const read = fields(request.body, CREATE);
      const call = switchboard.find(request.params.sid);
      if (!call) throw notFound(request.url);
      if (call.record.status === 'queued') {
        throw new ApiProblem(400, 21_220, 'Call is not active in a Voice SDK');
      }
      const { Callback: callback, Method: asked, IdempotencyKey: key } = read;
      const made = messages.subscribe(call, { callback, method: asked, key });
      const account = `/${API_VERSION}/Accounts/${accountSid}`;
      return reply.code(201).send({
        account_sid: accountSid,
        call_sid: made.callSid,
        sid: made.sid,
        date_created: rfc2822(made.createdAt),
        uri: `${account}/Calls/${made.callSid}/UserDefinedMessageSubscriptions/${made.sid}.json`,
      });
    },
  );

  scope.delete<{ Params: { sid: string; subscription: string } }>(
    '/Calls/:sid/UserDefinedMessageSubscriptions/:subscription.json',
    async (request, reply) => {
      fields(request.query, {});
      const { sid, subscription } = request.params;
      if (!messages.unsubscribe(sid, subscription)) throw notFound(request.url);
      return reply.code(204).send();
    },
  );
}
