import type { FieldValues, Path, UseFormReturn } from 'react-hook-form';
import { ApiError, messageOf } from './api.ts';

/**
 * Puts what the server said at the fields it belongs to, and the rest above the form's button
 * (`errors.root`).
 */
export function showServerError<T extends FieldValues>(form: UseFormReturn<T>, error: unknown) {
  const known = Object.keys(form.getValues());
  const fields = error instanceof ApiError ? Object.entries(error.fields) : [];
  const placed = fields.filter(([path]) => known.includes(path));
  for (const [path, message] of placed) form.setError(path as Path<T>, { message });
  if (placed.length === 0) form.setError('root', { message: messageOf(error) });
}
