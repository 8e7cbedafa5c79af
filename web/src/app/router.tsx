import type { Role } from '@offhook/contract';
import type { QueryClient } from '@tanstack/react-query';
import {
  createRootRouteWithContext,
  createRoute,
  createRouter,
  lazyRouteComponent,
  Outlet,
  redirect,
} from '@tanstack/react-router';
import { PhoneProvider } from '../features/work/phone-provider.tsx';
import { readFilters } from '../features/call-records/filters.ts';
import { sessionQuery } from '../lib/session.ts';
import { Broken, NotFound, Waiting } from './fallbacks.tsx';
import { Frame } from './frame.tsx';
import { SettingsFrame } from './settings-frame.tsx';

interface RouterContext {
  client: QueryClient;
}

const root = createRootRouteWithContext<RouterContext>()({ component: Outlet });

const sessionOf = ({ client }: RouterContext) => client.ensureQueryData(sessionQuery);

/** Pages for people who are not signed in; whoever is goes to work. */
const outside = createRoute({
  getParentRoute: () => root,
  id: 'outside',
  beforeLoad: async ({ context, location }) => {
    const session = await sessionOf(context);
    if (session.person) throw redirect({ to: '/work' });
    const setup = location.pathname === '/setup';
    if (session.setupNeeded && !setup) throw redirect({ to: '/setup' });
    if (!session.setupNeeded && setup) throw redirect({ to: '/sign-in', search: {} });
  },
});

const setup = createRoute({
  getParentRoute: () => outside,
  path: '/setup',
  component: lazyRouteComponent(() => import('../features/access/setup-page.tsx'), 'SetupPage'),
});

const signIn = createRoute({
  getParentRoute: () => outside,
  path: '/sign-in',
  // Where the visitor wanted to go; only a path of ours.
  validateSearch: (search): { then?: string } =>
    typeof search.then === 'string' && /^\/(?!\/)/.test(search.then) ? { then: search.then } : {},
  component: lazyRouteComponent(() => import('../features/access/sign-in-page.tsx'), 'SignInPage'),
});

const join = createRoute({
  getParentRoute: () => root,
  path: '/join/$secret',
  component: lazyRouteComponent(() => import('../features/access/join-page.tsx'), 'JoinPage'),
});

const inside = createRoute({
  getParentRoute: () => root,
  id: 'inside',
  beforeLoad: async ({ context, location }) => {
    const session = await sessionOf(context);
    if (session.setupNeeded) throw redirect({ to: '/setup' });
    if (!session.person) throw redirect({ to: '/sign-in', search: { then: location.href } });
    return { person: session.person };
  },
  component: () => (
    <PhoneProvider>
      <Outlet />
    </PhoneProvider>
  ),
});

const demoPhone = createRoute({
  getParentRoute: () => inside,
  path: '/demo-phone',
  component: lazyRouteComponent(
    () => import('../features/demo-phone/demo-phone-page.tsx'),
    'DemoPhonePage',
  ),
});

const framed = createRoute({ getParentRoute: () => inside, id: 'framed', component: Frame });

const home = createRoute({
  getParentRoute: () => framed,
  path: '/',
  beforeLoad: () => {
    throw redirect({ to: '/work' });
  },
});

const work = createRoute({
  getParentRoute: () => framed,
  path: '/work',
  component: lazyRouteComponent(() => import('../features/work/work-page.tsx'), 'WorkPage'),
});

const callRecords = createRoute({
  getParentRoute: () => framed,
  path: '/reports/voice/calls',
  validateSearch: readFilters,
  component: lazyRouteComponent(
    () => import('../features/call-records/call-records-page.tsx'),
    'CallRecordsPage',
  ),
});

const callRecord = createRoute({
  getParentRoute: () => framed,
  path: '/reports/voice/calls/$callId',
  component: lazyRouteComponent(
    () => import('../features/call-records/call-record-page.tsx'),
    'CallRecordPage',
  ),
});

const toCallRecords = ['/reports', '/reports/voice'].map((path) =>
  createRoute({
    getParentRoute: () => framed,
    path,
    beforeLoad: () => {
      throw redirect({ to: '/reports/voice/calls', search: {} });
    },
  }),
);

const settings = createRoute({
  getParentRoute: () => framed,
  path: '/settings',
  component: SettingsFrame,
});

const settingsHome = createRoute({
  getParentRoute: () => settings,
  path: '/',
  beforeLoad: () => {
    throw redirect({ to: '/settings/appearance' });
  },
});

const only = (...roles: Role[]) => ({
  beforeLoad: ({ context }: { context: { person: { role: Role } } }) => {
    if (!roles.includes(context.person.role)) throw redirect({ to: '/settings/appearance' });
  },
});

const people = createRoute({
  getParentRoute: () => settings,
  path: '/people',
  ...only('supervisor', 'administrator'),
  component: lazyRouteComponent(() => import('../features/settings/people-page.tsx'), 'PeoplePage'),
});

const teams = createRoute({
  getParentRoute: () => settings,
  path: '/teams',
  ...only('administrator'),
  component: lazyRouteComponent(() => import('../features/settings/teams-page.tsx'), 'TeamsPage'),
});

const trunks = createRoute({
  getParentRoute: () => settings,
  path: '/trunks',
  ...only('supervisor', 'administrator'),
  component: lazyRouteComponent(
    () => import('../features/settings/trunks/trunks-page.tsx'),
    'TrunksPage',
  ),
});

const newTrunk = createRoute({
  getParentRoute: () => settings,
  path: '/trunks/new',
  ...only('administrator'),
  component: lazyRouteComponent(
    () => import('../features/settings/trunks/trunk-form-page.tsx'),
    'NewTrunkPage',
  ),
});

const changeTrunk = createRoute({
  getParentRoute: () => settings,
  path: '/trunks/$trunkId',
  ...only('administrator'),
  component: lazyRouteComponent(
    () => import('../features/settings/trunks/trunk-form-page.tsx'),
    'ChangeTrunkPage',
  ),
});

const apiKeys = createRoute({
  getParentRoute: () => settings,
  path: '/api-keys',
  component: lazyRouteComponent(
    () => import('../features/settings/api-keys-page.tsx'),
    'ApiKeysPage',
  ),
});

const phone = createRoute({
  getParentRoute: () => settings,
  path: '/phone',
  component: lazyRouteComponent(
    () => import('../features/settings/phone/phone-page.tsx'),
    'PhonePage',
  ),
});

const appearance = createRoute({
  getParentRoute: () => settings,
  path: '/appearance',
  component: lazyRouteComponent(
    () => import('../features/settings/appearance-page.tsx'),
    'AppearancePage',
  ),
});

const tree = root.addChildren([
  outside.addChildren([setup, signIn]),
  join,
  inside.addChildren([
    demoPhone,
    framed.addChildren([
      home,
      work,
      callRecords,
      callRecord,
      ...toCallRecords,
      settings.addChildren([
        settingsHome,
        people,
        teams,
        trunks,
        newTrunk,
        changeTrunk,
        apiKeys,
        phone,
        appearance,
      ]),
    ]),
  ]),
]);

export function createAppRouter(client: QueryClient) {
  return createRouter({
    routeTree: tree,
    context: { client },
    defaultPreload: 'intent',
    defaultPendingComponent: Waiting,
    defaultErrorComponent: Broken,
    defaultNotFoundComponent: NotFound,
    scrollRestoration: true,
  });
}

declare module '@tanstack/react-router' {
  interface Register {
    router: ReturnType<typeof createAppRouter>;
  }
}
