import type { Session } from '@offhook/contract';
import { lazy, Suspense } from 'react';
import { Dialog } from '../ui/dialog.tsx';
import { Spinner } from '../ui/spinner.tsx';

// Rarely needed, and forms weigh.
const SignInForm = lazy(async () => ({
  default: (await import('../features/access/sign-in-form.tsx')).SignInForm,
}));

interface SignInAgainProps {
  open: boolean;
  email: string;
  onDone: (session: Session) => void;
}

export function SignInAgain({ open, email, onDone }: SignInAgainProps) {
  return (
    <Dialog
      open={open}
      modal={false}
      title="Please sign in again"
      intro="Your session has ended. This page stays as it is, and a running call goes on."
    >
      <Suspense fallback={<Spinner label="Loading" />}>
        <SignInForm email={email} onDone={onDone} />
      </Suspense>
    </Dialog>
  );
}
