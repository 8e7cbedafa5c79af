import { zodResolver } from '@hookform/resolvers/zod';
import { Session, SetupRequest } from '@offhook/contract';
import { useQuery } from '@tanstack/react-query';
import { useForm } from 'react-hook-form';
import { api, ApiError } from '../../lib/api.ts';
import { showServerError } from '../../lib/form-errors.ts';
import { sessionQuery } from '../../lib/session.ts';
import { Button } from '../../ui/button.tsx';
import { Field, FormError } from '../../ui/field.tsx';
import { Input } from '../../ui/input.tsx';
import { AccessPage } from './access-page.tsx';
import { useEnter } from './use-enter.ts';

export function SetupPage() {
  const enter = useEnter();
  const { data } = useQuery({ ...sessionQuery, enabled: false });
  const needsToken = data?.setupTokenNeeded === true;
  const form = useForm({
    resolver: zodResolver(SetupRequest),
    defaultValues: { name: '', email: '', password: '', ...(needsToken && { token: '' }) },
  });
  const { errors, isSubmitting } = form.formState;
  const submit = form.handleSubmit(async (values) => {
    try {
      enter(await api.post('/api/setup', values, Session));
    } catch (error) {
      if (error instanceof ApiError && error.code === 'setup.token_required') {
        form.setError('token', { message: error.message });
      } else showServerError(form, error);
    }
  });
  return (
    <AccessPage
      title="Welcome to Offhook"
      intro="Nobody is here yet. You become the first administrator and can invite everybody else."
    >
      <form noValidate onSubmit={(event) => void submit(event)} className="flex flex-col gap-4">
        <Field label="Your name" error={errors.name?.message}>
          {(control) => (
            <Input {...control} {...form.register('name')} autoComplete="name" autoFocus />
          )}
        </Field>
        <Field label="E-mail" hint="You sign in with it." error={errors.email?.message}>
          {(control) => (
            <Input {...control} {...form.register('email')} type="email" autoComplete="username" />
          )}
        </Field>
        <Field label="Password" hint="At least 10 characters." error={errors.password?.message}>
          {(control) => (
            <Input
              {...control}
              {...form.register('password')}
              type="password"
              autoComplete="new-password"
            />
          )}
        </Field>
        {(needsToken || errors.token) && (
          <Field
            label="Set-up token"
            hint="You are on another machine than the server. The server printed this token when it started; it is in its log too."
            error={errors.token?.message}
          >
            {(control) => (
              <Input
                {...control}
                {...form.register('token')}
                autoComplete="off"
                spellCheck={false}
              />
            )}
          </Field>
        )}
        {errors.root?.message && <FormError>{errors.root.message}</FormError>}
        <Button type="submit" look="primary" busy={isSubmitting}>
          Create administrator
        </Button>
      </form>
    </AccessPage>
  );
}
