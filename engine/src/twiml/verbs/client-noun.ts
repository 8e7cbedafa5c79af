import { z } from 'zod';
import { attributes } from '../attributes.ts';
import type { Element } from '../parse.ts';
import { TWIML, TwimlProblem } from '../problem.ts';

/**
 * Whom a <Client> names, and what its Voice SDK is told along with the call: text, or <Identity>
 * and <Parameter>s (https://www.twilio.com/docs/voice/twiml/client#custom-parameters).
 */
export function readClient(element: Element): {
  identity: string;
  parameters: Record<string, string>;
} {
  const parameters: Record<string, string> = {};
  let identity = element.text;
  for (const child of element.children) {
    if (child.name === 'Identity') {
      attributes(child, {});
      identity = child.text;
    } else if (child.name === 'Parameter') {
      const { name, value } = attributes(child, { name: z.string().min(1), value: z.string() });
      parameters[name] = value;
    } else throw new TwimlProblem(TWIML.schema, `<Client><${child.name}> is not supported`);
  }
  if (identity === '') throw new TwimlProblem(TWIML.schema, '<Client> names nobody');
  return { identity, parameters };
}
