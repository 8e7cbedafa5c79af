import { zodResolver } from '@hookform/resolvers/zod';
import { Team, TeamRequest } from '@offhook/contract';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { Plus, Users } from 'lucide-react';
import { useState } from 'react';
import { useForm } from 'react-hook-form';
import { api } from '../../lib/api.ts';
import { showServerError } from '../../lib/form-errors.ts';
import { peopleQuery, teamsQuery } from '../../lib/people.ts';
import { Button } from '../../ui/button.tsx';
import { Dialog, DialogButtons } from '../../ui/dialog.tsx';
import { EmptyState } from '../../ui/empty-state.tsx';
import { Field, FormError } from '../../ui/field.tsx';
import { Input } from '../../ui/input.tsx';
import { useToast } from '../../ui/toast.tsx';
import { SettingsList } from './settings-list.tsx';

export function TeamsPage() {
  const teams = useQuery(teamsQuery);
  const people = useQuery(peopleQuery);
  const [adding, setAdding] = useState(false);
  const size = (id: string) =>
    people.data?.people.filter(({ team, active }) => active && team?.id === id).length;
  return (
    <>
      <title>Teams · Offhook</title>
      <SettingsList
        title="Teams"
        intro="A supervisor sees the calls of their own team. Put people into teams on the People page."
        action={
          <Button look="primary" onClick={() => setAdding(true)}>
            <Plus aria-hidden />
            Add team
          </Button>
        }
        query={teams}
      >
        {({ teams: list }) =>
          list.length === 0 ? (
            <EmptyState icon={Users} title="No teams yet">
              A supervisor sees one team’s calls; administrators see all. Without supervisors you
              need no teams.
            </EmptyState>
          ) : (
            <ul>
              {list.map((team) => (
                <li
                  key={team.id}
                  className="flex items-center justify-between gap-3 border-t px-4 py-3 first:border-t-0"
                >
                  <span className="min-w-0 font-medium wrap-anywhere">{team.name}</span>
                  <span className="shrink-0 text-muted">{peopleCount(size(team.id))}</span>
                </li>
              ))}
            </ul>
          )
        }
      </SettingsList>
      {adding && <AddTeam onClose={() => setAdding(false)} />}
    </>
  );
}

function peopleCount(count: number | undefined): string {
  if (count === undefined) return '';
  if (count === 0) return 'Nobody yet';
  return count === 1 ? '1 person' : `${count} people`;
}

function AddTeam({ onClose }: { onClose: () => void }) {
  const client = useQueryClient();
  const toast = useToast();
  const form = useForm({ resolver: zodResolver(TeamRequest), defaultValues: { name: '' } });
  const { errors, isSubmitting } = form.formState;
  const submit = form.handleSubmit(async (values) => {
    try {
      const team = await api.post('/api/teams', values, Team);
      await client.invalidateQueries({ queryKey: teamsQuery.queryKey });
      toast('good', `Team ${team.name} added.`);
      onClose();
    } catch (error) {
      showServerError(form, error);
    }
  });
  return (
    <Dialog open onClose={onClose} title="Add team">
      <form noValidate onSubmit={(event) => void submit(event)} className="flex flex-col gap-4">
        <Field label="Name" error={errors.name?.message}>
          {(control) => (
            <Input {...control} {...form.register('name')} autoComplete="off" autoFocus />
          )}
        </Field>
        {errors.root?.message && <FormError>{errors.root.message}</FormError>}
        <DialogButtons>
          <Button onClick={onClose}>Cancel</Button>
          <Button type="submit" look="primary" busy={isSubmitting}>
            Add team
          </Button>
        </DialogButtons>
      </form>
    </Dialog>
  );
}
