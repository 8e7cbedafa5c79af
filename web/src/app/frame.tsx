import { Link, Outlet } from '@tanstack/react-router';
import { Headset, List, Settings } from 'lucide-react';
import { Fragment } from 'react';
import { InFrame } from './fallbacks.tsx';
import { OfflineBanner } from './offline-banner.tsx';
import { TopBar } from './top-bar.tsx';

const PLACES = [
  { to: '/work', label: 'Work', icon: Headset, above: null, apart: '' },
  {
    to: '/reports/voice/calls',
    label: 'Call Records',
    icon: List,
    above: 'Reports · Voice',
    apart: '',
  },
  { to: '/settings', label: 'Settings', icon: Settings, above: null, apart: 'lg:mt-4' },
] as const;

/** Rail, top bar and page. On narrow screens the rail lies at the bottom, under the thumb. */
export function Frame() {
  return (
    <div className="flex min-h-dvh flex-col pb-14 sm:pb-0 sm:pl-20 lg:pl-52">
      <a
        href="#page"
        className="sr-only z-50 rounded-md bg-surface p-3 focus:not-sr-only focus:fixed focus:top-2 focus:left-2"
      >
        Skip to the page
      </a>
      <Rail />
      <TopBar />
      <OfflineBanner />
      <main id="page" tabIndex={-1} className="min-w-0 flex-1 p-4 outline-none lg:p-6">
        <InFrame value>
          <Outlet />
        </InFrame>
      </main>
    </div>
  );
}

function Rail() {
  return (
    <nav
      aria-label="Main"
      className="fixed inset-x-0 bottom-0 z-30 flex border-t bg-surface sm:inset-y-0 sm:right-auto sm:w-20 sm:flex-col sm:gap-1 sm:border-t-0 sm:border-r sm:p-2 lg:w-52"
    >
      <div className="hidden h-10 items-center gap-2.5 px-2 sm:mb-2 sm:flex max-lg:justify-center">
        <img src="/icon.svg" alt="" className="size-7" />
        <span className="text-lg font-semibold max-lg:sr-only">Offhook</span>
      </div>
      {PLACES.map(({ to, label, icon: Icon, above, apart }) => (
        <Fragment key={to}>
          {above !== null && (
            <p className="hidden px-3 pt-4 pb-1 text-xs font-medium text-muted lg:block">{above}</p>
          )}
          <Link
            to={to}
            activeOptions={{ exact: false, includeSearch: false }}
            className={`flex min-h-14 flex-1 flex-col items-center justify-center gap-1 rounded-md px-2 text-xs font-medium text-muted hover:bg-sunken hover:text-ink sm:min-h-16 sm:flex-none lg:min-h-10 lg:flex-row lg:justify-start lg:gap-3 lg:px-3 lg:text-base ${apart}`}
            activeProps={{ className: 'bg-accent-soft text-accent-text! hover:bg-accent-soft' }}
          >
            <Icon aria-hidden className="size-5 shrink-0" />
            <span className="text-center">{label}</span>
          </Link>
        </Fragment>
      ))}
    </nav>
  );
}
