import { zodResolver } from '@hookform/resolvers/zod';
import { InvitationCreated, InvitationRequest, type Role } from '@offhook/contract';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useForm } from 'react-hook-form';
import { api } from '../../lib/api.ts';
import { showServerError } from '../../lib/form-errors.ts';
import { teamsQuery } from '../../lib/people.ts';
import { useMe } from '../../lib/session.ts';
import { Button } from '../../ui/button.tsx';
import { Dialog, DialogButtons } from '../../ui/dialog.tsx';
import { Field, FormError } from '../../ui/field.tsx';
import { Input } from '../../ui/input.tsx';
import { invitationsQuery } from './invitations-query.ts';
import { RoleField, TeamField } from './role-and-team.tsx';

interface InviteDialogProps {
  onMade: (made: InvitationCreated) => void;
  onClose: () => void;
}

export function InviteDialog({ onMade, onClose }: InviteDialogProps) {
  const me = useMe();
  const client = useQueryClient();
  const free = me.role === 'administrator';
  const teams = useQuery({ ...teamsQuery, enabled: free });
  const roles: Role[] = free ? ['agent', 'supervisor', 'administrator'] : ['agent'];
  const form = useForm({
    resolver: zodResolver(InvitationRequest),
    defaultValues: { email: '', role: 'agent' as Role, teamId: me.team?.id ?? null },
  });
  const { errors, isSubmitting } = form.formState;
  const submit = form.handleSubmit(async (values) => {
    try {
      const made = await api.post('/api/invitations', values, InvitationCreated);
      await client.invalidateQueries({ queryKey: invitationsQuery.queryKey });
      onMade(made);
    } catch (error) {
      showServerError(form, error);
    }
  });
  return (
    <Dialog
      open
      onClose={onClose}
      title="Invite somebody"
      intro="You get a link to pass on. Offhook sends no mail."
    >
      <form noValidate onSubmit={(event) => void submit(event)} className="flex flex-col gap-4">
        <Field label="E-mail" error={errors.email?.message}>
          {(control) => (
            <Input
              {...control}
              {...form.register('email')}
              type="email"
              autoComplete="off"
              autoFocus
            />
          )}
        </Field>
        <RoleField
          value={form.watch('role')}
          roles={roles}
          onChange={(role) => form.setValue('role', role)}
        />
        <TeamField
          value={form.watch('teamId')}
          teams={free ? (teams.data?.teams ?? []) : me.team ? [me.team] : []}
          required={!free}
          onChange={(teamId) => form.setValue('teamId', teamId)}
        />
        {errors.root?.message && <FormError>{errors.root.message}</FormError>}
        <DialogButtons>
          <Button onClick={onClose}>Cancel</Button>
          <Button type="submit" look="primary" busy={isSubmitting}>
            Make link
          </Button>
        </DialogButtons>
      </form>
    </Dialog>
  );
}
