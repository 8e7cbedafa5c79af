import type { InvitationCreated } from '@offhook/contract';
import { dateOf } from '../../lib/format.ts';
import { Button } from '../../ui/button.tsx';
import { CopyField } from '../../ui/copy-field.tsx';
import { Dialog, DialogButtons } from '../../ui/dialog.tsx';

/** The link that lets one person in; there is no mail server, so it is passed on by hand. */
export function LinkDialog({ made, onClose }: { made: InvitationCreated; onClose: () => void }) {
  const { invitation, link } = made;
  const joining = invitation.kind === 'join';
  return (
    <Dialog
      open
      onClose={onClose}
      title={joining ? 'Invitation made' : 'Password link made'}
      intro={
        joining
          ? `Pass this link on to ${invitation.email}. Whoever has it can join.`
          : `Pass this link on to ${invitation.email}. Whoever has it can set the password.`
      }
    >
      <CopyField
        label="Link"
        value={link}
        hint={`Works once, until ${dateOf(invitation.expiresAt)}. It is shown only now.`}
      />
      <DialogButtons>
        <Button look="primary" onClick={onClose}>
          Done
        </Button>
      </DialogButtons>
    </Dialog>
  );
}
