import { dialogLeft } from '../dialog/dialog.ts';
import { Authority } from './authority.ts';
import type { Farewell, FarewellOptions, OpenDialog } from './calls.ts';
import { addLines } from './capabilities.ts';
import { hopsAnew } from './next-hop.ts';
import { sendRequest } from './sender.ts';
import type { Stack } from './stack.ts';

/**
 * What was sent after the dialog's state was last told (INFO, PRACK, refreshes, each of them again
 * for a challenge) has used numbers that nobody has kept. A thousand are more than a call has, and
 * nothing beside the 2^31 that there are (RFC 3261 §8.1.1.5).
 */
const UNKNOWN_REQUESTS = 1000;

/**
 * One BYE in a dialog that another process has left open (RFC 3261 §15.1.1). Rejects with
 * SipSyntaxError when its state is none.
 */
export function hangUpLeft(
  stack: Stack,
  { state, peer }: OpenDialog,
  { credentials, headers }: FarewellOptions,
): Promise<Farewell> {
  return new Promise((resolve) => {
    const dialog = dialogLeft(state, UNKNOWN_REQUESTS);
    const build = () => {
      const request = dialog.request('BYE');
      request.headers.append('User-Agent', stack.product);
      addLines(request, headers);
      return request;
    };
    const uri = dialog.nextHop;
    const hops = Promise.resolve(stack.hopsTo(uri, peer)).then((found) => hopsAnew(uri, found));
    const plan = { build, hops, authority: new Authority(() => credentials) };
    sendRequest(stack, plan, {
      final: ({ status }) => resolve({ ok: true, status }),
      failed: ({ cause, text }) => resolve({ ok: false, cause, text }),
    });
  });
}
