import { z } from 'zod';
import type { Switchboard } from '../leg/switchboard.ts';
import { MAX_MESSAGE_CHARACTERS, type CallMessages } from '../leg/browser/call-messages.ts';
import { rfc2822 } from '../times.ts';
import type { Api } from './app.ts';
import { fields } from './fields.ts';
import { ApiProblem, notFound } from './problem.ts';

const CREATE = {
  Content: z.string(),
  IdempotencyKey: z.string().max(255).optional(),
} as const;

export interface UserDefinedMessageParts {
  accountSid: string;
  switchboard: Switchboard;
  messages: CallMessages;
}

/** https://www.twilio.com/docs/voice/api/userdefinedmessage-resource */
export function userDefinedMessageRoutes(
  scope: Api,
  { accountSid, switchboard, messages }: UserDefinedMessageParts,
): void {
  scope.post<{ Params: { sid: string } }>(
    '/Calls/:sid/UserDefinedMessages.json',
    async (request, reply) => {
      const read = fields(request.body, CREATE);
      const call = switchboard.find(request.params.sid);
      if (!call) throw notFound(request.url);
      const message = messages.send(call, contentOf(read.Content), read.IdempotencyKey);
      if (message === null) {
        throw new ApiProblem(400, 21_220, 'Call is not active in a Voice SDK');
      }
      return reply.code(201).send({
        account_sid: accountSid,
        call_sid: message.callSid,
        sid: message.sid,
        date_created: rfc2822(message.createdAt),
      });
    },
  );
}

function contentOf(text: string): unknown {
  if (text.length > MAX_MESSAGE_CHARACTERS) {
    const most = `at most ${MAX_MESSAGE_CHARACTERS} characters`;
    throw new ApiProblem(400, 32_703, `Invalid parameter Content: ${most}`);
  }
  try {
    return JSON.parse(text);
  } catch {
    throw new ApiProblem(400, 32_702, 'Invalid parameter Content: is not JSON');
  }
}
