import type { Person } from '@offhook/contract';
import { Button } from '../../../ui/button.tsx';
import { Dialog, DialogButtons } from '../../../ui/dialog.tsx';
import { PhoneChoice } from './phone-choice.tsx';

/** For administrators: somebody else's phone. */
export function PhoneDialog({ person, onClose }: { person: Person; onClose: () => void }) {
  return (
    <Dialog
      open
      onClose={onClose}
      title={`Phone of ${person.name}`}
      intro="It counts from the next call on; one that runs is left alone."
    >
      <PhoneChoice person={person} narrow />
      <DialogButtons>
        <Button look="primary" onClick={onClose}>
          Done
        </Button>
      </DialogButtons>
    </Dialog>
  );
}
