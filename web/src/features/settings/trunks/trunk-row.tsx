import type { Trunk } from '@offhook/contract';
import { Link } from '@tanstack/react-router';
import {
  CircleAlert,
  CircleCheck,
  CircleDashed,
  CirclePause,
  Ellipsis,
  LoaderCircle,
  Pencil,
  PhoneOutgoing,
  Trash2,
  type LucideIcon,
} from 'lucide-react';
import { Badge, type Tone } from '../../../ui/badge.tsx';
import { Button } from '../../../ui/button.tsx';
import { Menu, MenuItem, MenuLine } from '../../../ui/dropdown-menu.tsx';
import { addressOf, callsOf, detailsOf, PROBLEM_TITLES, standingOf } from './trunk-words.ts';

interface TrunkRowProps {
  trunk: Trunk;
  /** False for whoever may only look. */
  actions: false | { onTest: (trunk: Trunk) => void; onDelete: (trunk: Trunk) => void };
}

/** One trunk of the list: how it stands, and what can be done with it. */
export function TrunkRow({ trunk, actions }: TrunkRowProps) {
  const { problem, state } = trunk.state;
  // Of one that is up, it is what became of a single call.
  const tone = state === 'up' ? 'text-warn' : 'text-bad';
  return (
    <li className="flex flex-wrap items-start justify-between gap-x-4 gap-y-3 border-t px-4 py-3 first:border-t-0">
      <div className="min-w-0 grow basis-72">
        <p className="flex flex-wrap items-center gap-2 font-medium wrap-anywhere">
          {trunk.name}
          <StandingBadge trunk={trunk} />
          {trunk.source === 'environment' && <Badge>From the environment (SIP_TRUNK)</Badge>}
        </p>
        <p className="text-sm wrap-anywhere text-muted">{addressOf(trunk)}</p>
        <p className="text-sm text-muted tabular">
          {[callsOf(trunk), ...detailsOf(trunk)].join(' · ')}
        </p>
        {problem && (
          <p className={`mt-1.5 flex max-w-prose items-start gap-1.5 text-sm ${tone}`}>
            <CircleAlert aria-hidden className="mt-0.5 size-4 shrink-0" />
            <span className="wrap-anywhere">
              <span className="font-medium">{PROBLEM_TITLES[problem.code]}.</span> {problem.text}
            </span>
          </p>
        )}
      </div>
      {actions && (
        <div className="flex items-center gap-1">
          <Button
            size="small"
            onClick={() => actions.onTest(trunk)}
            aria-label={`Test call over ${trunk.name}`}
          >
            <PhoneOutgoing aria-hidden />
            Test call
          </Button>
          {trunk.source === 'settings' && (
            <RowMenu trunk={trunk} onDelete={() => actions.onDelete(trunk)} />
          )}
        </div>
      )}
    </li>
  );
}

const ICONS: Record<Tone, LucideIcon> = {
  good: CircleCheck,
  bad: CircleAlert,
  warn: CircleAlert,
  accent: LoaderCircle,
  neutral: CircleDashed,
};

function StandingBadge({ trunk }: { trunk: Trunk }) {
  const { word, tone } = standingOf(trunk);
  const Icon = trunk.state.state === 'off' ? CirclePause : ICONS[tone];
  return (
    <Badge tone={tone}>
      <Icon aria-hidden className={tone === 'accent' ? 'animate-spin' : ''} />
      {word}
    </Badge>
  );
}

function RowMenu({ trunk, onDelete }: { trunk: Trunk; onDelete: () => void }) {
  return (
    <Menu
      trigger={
        <Button look="quiet" size="small-icon" aria-label={`Actions for ${trunk.name}`}>
          <Ellipsis aria-hidden />
        </Button>
      }
    >
      <MenuItem asChild>
        <Link to="/settings/trunks/$trunkId" params={{ trunkId: trunk.id }}>
          <Pencil aria-hidden />
          Change
        </Link>
      </MenuItem>
      <MenuLine />
      <MenuItem onSelect={onDelete}>
        <Trash2 aria-hidden />
        Delete
      </MenuItem>
    </Menu>
  );
}
