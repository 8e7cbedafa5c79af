import { CopyField } from '../../../ui/copy-field.tsx';

/** The phone's password, the one time that anybody sees it. */
export function PasswordOnce({ password }: { password: string }) {
  return (
    <div role="status" className="rounded-lg border border-warn bg-warn-soft p-4">
      <CopyField
        label="Password"
        value={password}
        hint="Type it into the phone now. It is shown only this once; a new one can be made at any time."
      />
    </div>
  );
}
