import { zodResolver } from '@hookform/resolvers/zod';
import { JoinAnswer, Password, PersonName, Session } from '@offhook/contract';
import { useQuery } from '@tanstack/react-query';
import { Link, useParams } from '@tanstack/react-router';
import { useForm } from 'react-hook-form';
import { z } from 'zod';
import { api, ApiError, messageOf } from '../../lib/api.ts';
import { showServerError } from '../../lib/form-errors.ts';
import { ROLE_WORDS } from '../../lib/person-words.ts';
import { Button } from '../../ui/button.tsx';
import { ErrorState } from '../../ui/error-state.tsx';
import { Field, FormError } from '../../ui/field.tsx';
import { Input } from '../../ui/input.tsx';
import { Spinner } from '../../ui/spinner.tsx';
import { AccessPage } from './access-page.tsx';
import { useEnter } from './use-enter.ts';

/** Behind an invitation link: joining, or setting a new password. */
export function JoinPage() {
  const { secret } = useParams({ from: '/join/$secret' });
  const invitation = useQuery({
    queryKey: ['join', secret],
    queryFn: ({ signal }) => api.get(pathOf(secret), JoinAnswer, { signal }),
  });
  if (invitation.isPending) {
    return (
      <AccessPage title="One moment">
        <Spinner label="Reading the invitation" />
      </AccessPage>
    );
  }
  if (invitation.isError) {
    const gone =
      invitation.error instanceof ApiError && invitation.error.code === 'invitation.unknown';
    return (
      <AccessPage title={gone ? 'This link does not work any more' : 'The link could not be read'}>
        {gone ? (
          <>
            <p>
              It has been used, withdrawn or is too old. Ask whoever gave it to you for a new one.
            </p>
            <Button asChild>
              <Link to="/sign-in" search={{}}>
                Sign in
              </Link>
            </Button>
          </>
        ) : (
          <ErrorState
            title={messageOf(invitation.error)}
            onRetry={() => void invitation.refetch()}
            retrying={invitation.isFetching}
          />
        )}
      </AccessPage>
    );
  }
  return <JoinForm secret={secret} invitation={invitation.data} />;
}

const Joining = z.object({ name: PersonName, password: Password });
const NewPassword = z.object({ name: z.string(), password: Password });

function JoinForm({ secret, invitation }: { secret: string; invitation: JoinAnswer }) {
  const enter = useEnter();
  const joining = invitation.kind === 'join';
  const form = useForm({
    resolver: zodResolver(joining ? Joining : NewPassword),
    defaultValues: { name: '', password: '' },
  });
  const { errors, isSubmitting } = form.formState;
  const submit = form.handleSubmit(async ({ name, password }) => {
    try {
      enter(await api.post(pathOf(secret), joining ? { name, password } : { password }, Session));
    } catch (error) {
      showServerError(form, error);
    }
  });
  const as = invitation.role ? ` as ${ROLE_WORDS[invitation.role].withArticle}` : '';
  const team = invitation.team ? ` in ${invitation.team.name}` : '';
  return (
    <AccessPage
      title={joining ? 'Join Offhook' : 'Set a new password'}
      intro={
        joining
          ? `You are invited${as}${team}. You sign in with ${invitation.email}.`
          : `For ${invitation.email}. You are signed out everywhere else.`
      }
    >
      <form noValidate onSubmit={(event) => void submit(event)} className="flex flex-col gap-4">
        {/* So that password managers know whose password this is. */}
        <input type="hidden" autoComplete="username" value={invitation.email} readOnly />
        {joining && (
          <Field label="Your name" error={errors.name?.message}>
            {(control) => (
              <Input {...control} {...form.register('name')} autoComplete="name" autoFocus />
            )}
          </Field>
        )}
        <Field label="Password" hint="At least 10 characters." error={errors.password?.message}>
          {(control) => (
            <Input
              {...control}
              {...form.register('password')}
              type="password"
              autoComplete="new-password"
              autoFocus={!joining}
            />
          )}
        </Field>
        {errors.root?.message && <FormError>{errors.root.message}</FormError>}
        <Button type="submit" look="primary" busy={isSubmitting}>
          {joining ? 'Join' : 'Save password'}
        </Button>
      </form>
    </AccessPage>
  );
}

function pathOf(secret: string): string {
  return `/api/join/${encodeURIComponent(secret)}`;
}
