import type { Role } from '@offhook/contract';
import { Link, Outlet } from '@tanstack/react-router';
import { useMe } from '../lib/session.ts';

const EVERYBODY: Role[] = ['agent', 'supervisor', 'administrator'];

/** One's own first, of which the first is where one arrives; then the house's. */
const PLACES: { to: string; label: string; roles: Role[] }[] = [
  { to: '/settings/appearance', label: 'Appearance', roles: EVERYBODY },
  { to: '/settings/phone', label: 'Phone', roles: EVERYBODY },
  { to: '/settings/api-keys', label: 'API keys', roles: EVERYBODY },
  { to: '/settings/people', label: 'People', roles: ['supervisor', 'administrator'] },
  { to: '/settings/teams', label: 'Teams', roles: ['administrator'] },
  { to: '/settings/trunks', label: 'Trunks', roles: ['supervisor', 'administrator'] },
];

export function SettingsFrame() {
  const me = useMe();
  return (
    <div className="mx-auto flex max-w-5xl flex-col gap-5">
      <h1 className="text-xl font-semibold">Settings</h1>
      <nav aria-label="Settings" className="-mb-px flex flex-wrap gap-1 border-b">
        {PLACES.filter(({ roles }) => roles.includes(me.role)).map(({ to, label }) => (
          <Link
            key={to}
            to={to}
            className="-mb-px border-b-2 border-transparent px-3 py-2 font-medium max-sm:px-1.5 max-sm:text-sm text-muted hover:text-ink"
            activeProps={{ className: 'border-accent-text! text-accent-text!' }}
          >
            {label}
          </Link>
        ))}
      </nav>
      <Outlet />
    </div>
  );
}
