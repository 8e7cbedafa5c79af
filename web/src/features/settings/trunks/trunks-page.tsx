import type { Trunk, TrunksAnswer } from '@offhook/contract';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { CircleAlert, CloudCog, Plus } from 'lucide-react';
import { useState } from 'react';
import { api, messageOf } from '../../../lib/api.ts';
import { useMe } from '../../../lib/session.ts';
import { Button } from '../../../ui/button.tsx';
import { Confirm } from '../../../ui/confirm.tsx';
import { EmptyState } from '../../../ui/empty-state.tsx';
import { SettingsList } from '../settings-list.tsx';
import { NoTrunks } from './no-trunks.tsx';
import { TestCallDialog } from './test-call-dialog.tsx';
import { TrunkRow } from './trunk-row.tsx';
import { trunkPath, trunksQuery } from './trunks-query.ts';

type Open = { what: 'test' | 'delete'; trunk: Trunk };

export function TrunksPage() {
  const me = useMe();
  const trunks = useQuery(trunksQuery);
  const [open, setOpen] = useState<Open | null>(null);
  const close = () => setOpen(null);
  const administrator = me.role === 'administrator';
  const mayAdd = administrator && trunks.data?.managedBy === 'engine';
  return (
    <>
      <title>Trunks · Offhook</title>
      <SettingsList
        title="Trunks"
        intro="Lines to the telephone network. Calls go over the first trunk that takes the number; when it cannot connect, the next one is tried."
        action={
          mayAdd && (
            <Button look="primary" asChild>
              <Link to="/settings/trunks/new">
                <Plus aria-hidden />
                Add a trunk
              </Link>
            </Button>
          )
        }
        query={trunks}
      >
        {(answer) => (
          <Trunks
            answer={answer}
            actions={
              administrator && {
                onTest: (trunk) => setOpen({ what: 'test', trunk }),
                onDelete: (trunk) => setOpen({ what: 'delete', trunk }),
              }
            }
          />
        )}
      </SettingsList>
      {trunks.data && trunks.error && (
        <p role="status" className="mt-2 flex items-start gap-1.5 text-sm text-warn">
          <CircleAlert aria-hidden className="mt-0.5 size-4 shrink-0" />
          The list is as it was last known. {messageOf(trunks.error)}
        </p>
      )}
      {open?.what === 'test' && <TestCallDialog trunk={open.trunk} onClose={close} />}
      {open?.what === 'delete' && <DeleteDialog trunk={open.trunk} onClose={close} />}
    </>
  );
}

interface TrunksProps {
  answer: TrunksAnswer;
  /** False for whoever may only look. */
  actions: false | { onTest: (trunk: Trunk) => void; onDelete: (trunk: Trunk) => void };
}

function Trunks({ answer: { managedBy, trunks }, actions }: TrunksProps) {
  if (managedBy === 'carrier') {
    return (
      <EmptyState icon={CloudCog} title="Twilio brings the lines">
        Calls go through a Twilio account, which is connected to the telephone network by itself.
        Numbers and lines are kept in Twilio’s console; there is nothing to set here.
      </EmptyState>
    );
  }
  if (trunks.length === 0) return <NoTrunks />;
  return (
    <ul>
      {trunks.map((trunk) => (
        <TrunkRow key={trunk.id} trunk={trunk} actions={actions} />
      ))}
    </ul>
  );
}

function DeleteDialog({ trunk, onClose }: { trunk: Trunk; onClose: () => void }) {
  const client = useQueryClient();
  return (
    <Confirm
      open
      onClose={onClose}
      title={`Delete the trunk ${trunk.name}`}
      action="Delete trunk"
      onConfirm={async () => {
        await api.send('DELETE', trunkPath(trunk.id));
        await client.invalidateQueries({ queryKey: trunksQuery.queryKey });
      }}
    >
      No more calls go over it, and calls from it are refused. Its password is forgotten. To pause
      it, switch it off instead.
    </Confirm>
  );
}
