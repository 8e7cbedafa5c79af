import { z } from 'zod';

/** The schema of an answer 204. */
export const NoContent = z.undefined().meta({ description: 'Done; there is nothing to say.' });
