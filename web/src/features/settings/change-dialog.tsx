import { zodResolver } from '@hookform/resolvers/zod';
import { Person, PersonName, Role } from '@offhook/contract';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useForm } from 'react-hook-form';
import { z } from 'zod';
import { api } from '../../lib/api.ts';
import { showServerError } from '../../lib/form-errors.ts';
import { peopleQuery, teamsQuery } from '../../lib/people.ts';
import { Button } from '../../ui/button.tsx';
import { Dialog, DialogButtons } from '../../ui/dialog.tsx';
import { Field, FormError } from '../../ui/field.tsx';
import { Input } from '../../ui/input.tsx';
import { useToast } from '../../ui/toast.tsx';
import { RoleField, TeamField } from './role-and-team.tsx';

const Change = z.object({ name: PersonName, role: Role, teamId: z.string().nullable() });

/** For administrators: another name, role or team. */
export function ChangeDialog({ person, onClose }: { person: Person; onClose: () => void }) {
  const client = useQueryClient();
  const toast = useToast();
  const teams = useQuery(teamsQuery);
  const form = useForm({
    resolver: zodResolver(Change),
    defaultValues: { name: person.name, role: person.role, teamId: person.team?.id ?? null },
  });
  const { errors, isSubmitting } = form.formState;
  const submit = form.handleSubmit(async (values) => {
    try {
      await api.patch(`/api/people/${encodeURIComponent(person.id)}`, values, Person);
      await client.invalidateQueries({ queryKey: peopleQuery.queryKey });
      toast('good', `${values.name} saved.`);
      onClose();
    } catch (error) {
      showServerError(form, error);
    }
  });
  return (
    <Dialog open onClose={onClose} title={`Change ${person.name}`} intro={person.email}>
      <form noValidate onSubmit={(event) => void submit(event)} className="flex flex-col gap-4">
        <Field label="Name" error={errors.name?.message}>
          {(control) => <Input {...control} {...form.register('name')} autoComplete="off" />}
        </Field>
        <RoleField
          value={form.watch('role')}
          roles={Role.options}
          onChange={(role) => form.setValue('role', role)}
        />
        <TeamField
          value={form.watch('teamId')}
          teams={teams.data?.teams ?? (person.team ? [person.team] : [])}
          required={false}
          onChange={(teamId) => form.setValue('teamId', teamId)}
        />
        {errors.root?.message && <FormError>{errors.root.message}</FormError>}
        <DialogButtons>
          <Button onClick={onClose}>Cancel</Button>
          <Button type="submit" look="primary" busy={isSubmitting}>
            Save
          </Button>
        </DialogButtons>
      </form>
    </Dialog>
  );
}
