import { z } from 'zod';
import { Problem } from '../problem.ts';

/** Where a page of calls ended: its last call, in the order of the list. */
export interface Cursor {
  /** Ms since 1970. */
  createdAt: number;
  id: string;
}

const Wire = z.tuple([z.number().int().nonnegative().max(8.64e15), z.string().min(1).max(64)]);

/** Opaque to clients. */
export function writeCursor({ createdAt, id }: Cursor): string {
  return Buffer.from(JSON.stringify([createdAt, id])).toString('base64url');
}

/** Throws request.invalid for anything that is not ours. */
export function readCursor(text: string): Cursor {
  const parsed = Wire.safeParse(parseJson(Buffer.from(text, 'base64url').toString('utf8')));
  if (!parsed.success) {
    throw new Problem('request.invalid', 'This list cannot be continued from here. Start anew.', {
      cursor: 'This is not a cursor that we gave.',
    });
  }
  const [createdAt, id] = parsed.data;
  return { createdAt, id };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
