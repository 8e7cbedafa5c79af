import { ChevronDown, CircleCheck, LogOut, Phone } from 'lucide-react';
import { RunningCall } from '../features/work/running-call.tsx';
import { api, messageOf } from '../lib/api.ts';
import { useMyLiveCall } from '../lib/calls.ts';
import { useLive } from '../lib/live/live-context.tsx';
import { useMe } from '../lib/session.ts';
import { Badge } from '../ui/badge.tsx';
import { Button } from '../ui/button.tsx';
import { Menu, MenuChoice, MenuItem, MenuLabel, MenuLine } from '../ui/dropdown-menu.tsx';
import { useTheme, type ThemeChoice } from '../ui/theme.tsx';
import { useToast } from '../ui/toast.tsx';

/** The person's state and, on every page, the running call. */
export function TopBar() {
  return (
    <header className="sticky top-0 z-20 flex min-h-14 flex-wrap items-center justify-end gap-x-3 border-b bg-surface px-4 py-2 lg:px-6">
      <div className="mr-auto flex min-w-0 items-center gap-3">
        <PersonState />
      </div>
      <RunningCall />
      <PersonMenu />
    </header>
  );
}

function PersonState() {
  const call = useMyLiveCall();
  return call ? (
    <Badge tone="accent">
      <Phone aria-hidden />
      On a call
    </Badge>
  ) : (
    <Badge tone="good">
      <CircleCheck aria-hidden />
      Available
    </Badge>
  );
}

function PersonMenu() {
  const me = useMe();
  const theme = useTheme();
  const signOut = useSignOut();
  return (
    <Menu
      trigger={
        <Button look="quiet" className="min-w-0 px-2">
          <span className="max-w-40 truncate">{me.name}</span>
          <ChevronDown aria-hidden />
        </Button>
      }
    >
      <MenuLabel>{me.email}</MenuLabel>
      <MenuLine />
      <MenuChoice
        label="Appearance"
        value={theme.choice}
        onChange={(choice) => theme.choose(choice as ThemeChoice)}
        options={[
          { value: 'system', label: 'As the system' },
          { value: 'light', label: 'Light' },
          { value: 'dark', label: 'Dark' },
        ]}
      />
      <MenuLine />
      <MenuItem onSelect={() => void signOut()}>
        <LogOut aria-hidden />
        Sign out
      </MenuItem>
    </Menu>
  );
}

function useSignOut(): () => Promise<void> {
  const live = useLive();
  const call = useMyLiveCall();
  const toast = useToast();
  return async () => {
    if (call) {
      toast('bad', 'Please end your call before you sign out.');
      return;
    }
    try {
      await api.send('POST', '/api/sign-out');
    } catch (error) {
      toast('bad', messageOf(error));
      return;
    }
    live.command('close');
    // A new page: nothing of this person stays in memory.
    location.assign('/sign-in');
  };
}
