import { Trunk, TrunkRequest } from '@offhook/contract';
import { useQueryClient } from '@tanstack/react-query';
import { Link, useNavigate } from '@tanstack/react-router';
import { FormProvider, useForm, type FieldPath } from 'react-hook-form';
import { api, ApiError, messageOf } from '../../../lib/api.ts';
import { Button } from '../../../ui/button.tsx';
import { FormError } from '../../../ui/field.tsx';
import { useToast } from '../../../ui/toast.tsx';
import { AdvancedSection } from './advanced-section.tsx';
import { ConnectionSection } from './connection-section.tsx';
import { NumbersSection } from './numbers-section.tsx';
import { SignInSection } from './sign-in-section.tsx';
import { draftOf, fieldOf, requestOf, type TrunkDraft } from './trunk-draft.ts';
import { trunkPath } from './trunks-query.ts';

/** Makes a trunk, or changes the one that is given. */
export function TrunkForm({ trunk }: { trunk: Trunk | null }) {
  const client = useQueryClient();
  const toast = useToast();
  const navigate = useNavigate();
  const form = useForm<TrunkDraft>({ defaultValues: draftOf(trunk) });
  const { errors, isSubmitting } = form.formState;

  /** Each at its field; the first of each counts, and the first of all gets the focus. */
  const showProblems = (problems: [path: string, message: string][]): boolean => {
    const names = Object.keys(form.getValues());
    const placed = new Map<string, string>();
    for (const [path, message] of problems) {
      const field = fieldOf(path);
      const known = names.includes(field.split('.')[0] ?? '');
      if (known && !placed.has(field)) placed.set(field, message);
    }
    let shouldFocus = true;
    for (const [field, message] of placed) {
      form.setError(field as FieldPath<TrunkDraft>, { message }, { shouldFocus });
      shouldFocus = false;
    }
    return placed.size > 0;
  };

  const submit = form.handleSubmit(async (draft) => {
    const read = TrunkRequest.safeParse(requestOf(draft));
    if (!read.success) {
      showProblems(read.error.issues.map((issue) => [issue.path.join('.'), issue.message]));
      return;
    }
    try {
      if (trunk === null) await api.post('/api/trunks', read.data, Trunk);
      else await api.patch(trunkPath(trunk.id), read.data, Trunk);
      await client.invalidateQueries({ queryKey: ['trunks', 'list'] });
      toast('good', `${read.data.name} saved.`);
      await navigate({ to: '/settings/trunks' });
    } catch (error) {
      const fields = error instanceof ApiError ? Object.entries(error.fields) : [];
      if (!showProblems(fields)) form.setError('root', { message: messageOf(error) });
    }
  });

  return (
    <FormProvider {...form}>
      <form noValidate onSubmit={(event) => void submit(event)} className="flex flex-col gap-4">
        <ConnectionSection />
        <SignInSection hasPassword={trunk?.hasPassword ?? false} />
        <NumbersSection />
        <AdvancedSection />
        {errors.root?.message && <FormError>{errors.root.message}</FormError>}
        <div className="flex flex-wrap justify-end gap-2">
          <Button asChild>
            <Link to="/settings/trunks">Cancel</Link>
          </Button>
          <Button type="submit" look="primary" busy={isSubmitting}>
            {trunk === null ? 'Add trunk' : 'Save'}
          </Button>
        </div>
      </form>
    </FormProvider>
  );
}
