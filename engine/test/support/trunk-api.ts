import { ACCOUNT, type House } from './house.ts';

export interface TrunkAnswer {
  status: number;
  body: Record<string, unknown> & { sid: string; message: string };
}

/** Asks the engine's own API (/offhook/v1) in JSON. */
export async function askEngine(
  house: House,
  method: string,
  path: string,
  body?: unknown,
): Promise<TrunkAnswer> {
  const { TWILIO_ACCOUNT_SID: sid, TWILIO_AUTH_TOKEN: token } = ACCOUNT;
  const reply = await fetch(`${house.url}/offhook/v1${path}`, {
    method,
    headers: {
      authorization: `Basic ${Buffer.from(`${sid}:${token}`).toString('base64')}`,
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  const text = await reply.text();
  return {
    status: reply.status,
    body: (text === '' ? {} : JSON.parse(text)) as TrunkAnswer['body'],
  };
}
