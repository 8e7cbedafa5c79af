import { Monitor, Moon, Sun } from 'lucide-react';
import { ROLE_WORDS } from '../../lib/person-words.ts';
import { useMe } from '../../lib/session.ts';
import { Panel } from '../../ui/panel.tsx';
import { useTheme, type ThemeChoice } from '../../ui/theme.tsx';

const CHOICES: { value: ThemeChoice; label: string; hint: string; icon: typeof Sun }[] = [
  { value: 'system', label: 'As the system', hint: 'Follows this computer.', icon: Monitor },
  { value: 'light', label: 'Light', hint: 'Always light.', icon: Sun },
  { value: 'dark', label: 'Dark', hint: 'Always dark.', icon: Moon },
];

export function AppearancePage() {
  const theme = useTheme();
  const me = useMe();
  return (
    <div className="flex flex-col gap-8">
      <title>Appearance · Offhook</title>
      <fieldset className="flex flex-col gap-3">
        <legend className="mb-3">
          <h2 className="text-lg font-semibold">Appearance</h2>
          <p className="text-muted">Kept in this browser.</p>
        </legend>
        <div className="grid gap-3 sm:grid-cols-3">
          {CHOICES.map(({ value, label, hint, icon: Icon }) => (
            <label
              key={value}
              className="flex cursor-pointer items-start gap-3 rounded-lg border bg-surface p-4 has-checked:border-accent-text has-checked:bg-accent-soft has-focus-visible:outline-2 has-focus-visible:outline-offset-2 has-focus-visible:outline-accent-text"
            >
              <input
                type="radio"
                name="theme"
                checked={theme.choice === value}
                onChange={() => theme.choose(value)}
                className="mt-1 accent-accent outline-none"
              />
              <span className="grow">
                <span className="block font-medium">{label}</span>
                <span className="block text-sm text-muted">{hint}</span>
              </span>
              <Icon aria-hidden className="size-5 text-muted" />
            </label>
          ))}
        </div>
      </fieldset>
      <section className="flex flex-col gap-3">
        <h2 className="text-lg font-semibold">You</h2>
        <Panel>
          <dl className="grid grid-cols-[auto_1fr] gap-x-6 gap-y-2 p-4">
            <dt className="text-muted">Name</dt>
            <dd className="wrap-anywhere">{me.name}</dd>
            <dt className="text-muted">E-mail</dt>
            <dd className="wrap-anywhere">{me.email}</dd>
            <dt className="text-muted">Role</dt>
            <dd>
              {ROLE_WORDS[me.role].name}. {ROLE_WORDS[me.role].may}
            </dd>
            <dt className="text-muted">Team</dt>
            <dd>{me.team?.name ?? 'None'}</dd>
          </dl>
        </Panel>
      </section>
    </div>
  );
}
