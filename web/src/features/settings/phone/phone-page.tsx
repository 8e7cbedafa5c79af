import { useMe } from '../../../lib/session.ts';
import { PhoneChoice } from './phone-choice.tsx';

/** What the person calls with. */
export function PhonePage() {
  const me = useMe();
  return (
    <section className="flex flex-col gap-3">
      <title>Phone · Offhook</title>
      <header>
        <h2 className="text-lg font-semibold">Phone</h2>
        <p className="max-w-prose text-muted">
          What you speak through. It counts from your next call on; one that runs is left alone.
        </p>
      </header>
      <PhoneChoice person={me} />
    </section>
  );
}
