import type { ZodFastifySchemaValidationError } from 'fastify-type-provider-zod';

/** What is wrong, by the field's path ("to", "person.email"); "body" for the whole. */
export function invalidFields(
  errors: readonly ZodFastifySchemaValidationError[],
): Record<string, string> {
  const fields: Record<string, string> = {};
  for (const error of errors) {
    const path = error.instancePath.split('/').filter((part) => part !== '');
    if (error.keyword === 'unrecognized_keys') {
      for (const key of unknownKeys(error.params)) {
        fields[[...path, key].join('.')] = 'We do not know this field.';
      }
    } else {
      fields[path.join('.') || 'body'] ??= inWords(error);
    }
  }
  return fields;
}

function unknownKeys(params: Record<string, unknown>): string[] {
  const { keys } = params;
  return Array.isArray(keys) ? keys.map(String) : ['body'];
}

/** The contract's own messages are for people already; zod's own are not. */
function inWords({ message = '', params }: ZodFastifySchemaValidationError): string {
  if (message.endsWith('received undefined')) return 'This is missing.';
  if (!/^(Invalid|Too|Unrecognized|String|Number)/.test(message)) return message;
  const { expected } = params;
  return typeof expected === 'string'
    ? `This is not as it should be: we expected a ${expected}.`
    : `This is not as it should be (${message}).`;
}
