import { useSearch } from '@tanstack/react-router';
import { AccessPage } from './access-page.tsx';
import { SignInForm } from './sign-in-form.tsx';
import { useEnter } from './use-enter.ts';

export function SignInPage() {
  const enter = useEnter();
  const { then } = useSearch({ from: '/outside/sign-in' });
  return (
    <AccessPage title="Sign in">
      <SignInForm onDone={(session) => enter(session, then)} />
      <p className="text-sm text-muted">
        Forgotten your password? Your administrator can give you a link to set a new one.
      </p>
    </AccessPage>
  );
}
