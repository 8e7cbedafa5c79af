import { useState, type ReactNode } from 'react';
import { messageOf } from '../lib/api.ts';
import { Button } from './button.tsx';
import { Dialog, DialogButtons } from './dialog.tsx';
import { FormError } from './field.tsx';

interface ConfirmProps {
  open: boolean;
  onClose: () => void;
  title: string;
  /** What it means. */
  children: ReactNode;
  /** What the button says: the deed itself, not "OK". */
  action: string;
  look?: 'danger' | 'primary';
  onConfirm: () => Promise<void>;
}

/** Asks before something that cannot simply be undone, and says when it did not work. */
export function Confirm(props: ConfirmProps) {
  const { open, onClose, title, children, action, look = 'danger', onConfirm } = props;
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<string | null>(null);
  const close = () => {
    setProblem(null);
    onClose();
  };
  const confirm = async () => {
    setBusy(true);
    setProblem(null);
    try {
      await onConfirm();
      close();
    } catch (error) {
      setProblem(messageOf(error));
    } finally {
      setBusy(false);
    }
  };
  return (
    <Dialog open={open} onClose={close} title={title} intro={children}>
      {problem !== null && <FormError>{problem}</FormError>}
      <DialogButtons>
        <Button onClick={close}>Cancel</Button>
        <Button look={look} busy={busy} onClick={() => void confirm()}>
          {action}
        </Button>
      </DialogButtons>
    </Dialog>
  );
}
