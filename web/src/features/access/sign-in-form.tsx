import { zodResolver } from '@hookform/resolvers/zod';
import { Session, SignInRequest } from '@offhook/contract';
import { useForm } from 'react-hook-form';
import { api } from '../../lib/api.ts';
import { showServerError } from '../../lib/form-errors.ts';
import { Button } from '../../ui/button.tsx';
import { Field, FormError } from '../../ui/field.tsx';
import { Input } from '../../ui/input.tsx';

interface SignInFormProps {
  /** Filled in already, when it is known who was here. */
  email?: string;
  onDone: (session: Session) => void;
}

export function SignInForm({ email = '', onDone }: SignInFormProps) {
  const form = useForm({
    resolver: zodResolver(SignInRequest),
    defaultValues: { email, password: '' },
  });
  const { errors, isSubmitting } = form.formState;
  const submit = form.handleSubmit(async (values) => {
    try {
      onDone(await api.post('/api/sign-in', values, Session));
    } catch (error) {
      form.resetField('password');
      showServerError(form, error);
    }
  });
  return (
    <form noValidate onSubmit={(event) => void submit(event)} className="flex flex-col gap-4">
      <Field label="E-mail" error={errors.email?.message}>
        {(control) => (
          <Input
            {...control}
            {...form.register('email')}
            type="email"
            autoComplete="username"
            autoFocus={email === ''}
          />
        )}
      </Field>
      <Field label="Password" error={errors.password && 'Please give your password.'}>
        {(control) => (
          <Input
            {...control}
            {...form.register('password')}
            type="password"
            autoComplete="current-password"
            autoFocus={email !== ''}
          />
        )}
      </Field>
      {errors.root?.message && <FormError>{errors.root.message}</FormError>}
      <Button type="submit" look="primary" busy={isSubmitting}>
        Sign in
      </Button>
    </form>
  );
}
