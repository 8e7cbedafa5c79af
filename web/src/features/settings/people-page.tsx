import { InvitationCreated, Person, type Invitation } from '@offhook/contract';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { UserPlus } from 'lucide-react';
import { useState } from 'react';
import { api, messageOf } from '../../lib/api.ts';
import { shortWhen } from '../../lib/format.ts';
import { peopleQuery } from '../../lib/people.ts';
import { ROLE_WORDS } from '../../lib/person-words.ts';
import { useMe } from '../../lib/session.ts';
import { Button } from '../../ui/button.tsx';
import { Confirm } from '../../ui/confirm.tsx';
import { useToast } from '../../ui/toast.tsx';
import { ChangeDialog } from './change-dialog.tsx';
import { invitationsQuery } from './invitations-query.ts';
import { InviteDialog } from './invite-dialog.tsx';
import { LinkDialog } from './link-dialog.tsx';
import { PeopleTable } from './people-table.tsx';
import { PhoneDialog } from './phone/phone-dialog.tsx';
import { SettingsList } from './settings-list.tsx';

type Open =
  | { what: 'invite' }
  | { what: 'link'; made: InvitationCreated }
  | { what: 'change' | 'active' | 'phone'; person: Person }
  | { what: 'withdraw'; invitation: Invitation };

export function PeoplePage() {
  const me = useMe();
  const client = useQueryClient();
  const people = useQuery(peopleQuery);
  const [open, setOpen] = useState<Open | null>(null);
  const toast = useToast();
  const close = () => setOpen(null);
  const passwordLink = async (person: Person) => {
    try {
      const path = `/api/people/${encodeURIComponent(person.id)}/password-link`;
      setOpen({ what: 'link', made: await api.post(path, {}, InvitationCreated) });
      await client.invalidateQueries({ queryKey: invitationsQuery.queryKey });
    } catch (error) {
      toast('bad', messageOf(error));
    }
  };
  return (
    <div className="flex flex-col gap-8">
      <title>People · Offhook</title>
      <SettingsList
        title="People"
        intro={
          me.role === 'administrator'
            ? 'Everybody who can sign in. Whoever leaves is deactivated; their calls keep the name.'
            : 'The people of your team.'
        }
        action={
          <Button look="primary" onClick={() => setOpen({ what: 'invite' })}>
            <UserPlus aria-hidden />
            Invite
          </Button>
        }
        query={people}
      >
        {({ people: list }) => (
          <PeopleTable
            people={list}
            onChange={(person) => setOpen({ what: 'change', person })}
            onPhone={(person) => setOpen({ what: 'phone', person })}
            onActive={(person) => setOpen({ what: 'active', person })}
            onPasswordLink={(person) => void passwordLink(person)}
          />
        )}
      </SettingsList>
      <Invitations onWithdraw={(invitation) => setOpen({ what: 'withdraw', invitation })} />
      {open?.what === 'invite' && (
        <InviteDialog onMade={(made) => setOpen({ what: 'link', made })} onClose={close} />
      )}
      {open?.what === 'link' && <LinkDialog made={open.made} onClose={close} />}
      {open?.what === 'change' && <ChangeDialog person={open.person} onClose={close} />}
      {open?.what === 'phone' && <PhoneDialog person={open.person} onClose={close} />}
      {open?.what === 'active' && <ActiveDialog person={open.person} onClose={close} />}
      {open?.what === 'withdraw' && <WithdrawDialog invitation={open.invitation} onClose={close} />}
    </div>
  );
}

function ActiveDialog({ person, onClose }: { person: Person; onClose: () => void }) {
  const client = useQueryClient();
  return (
    <Confirm
      open
      onClose={onClose}
      title={person.active ? `Deactivate ${person.name}` : `Activate ${person.name}`}
      action={person.active ? 'Deactivate' : 'Activate'}
      look={person.active ? 'danger' : 'primary'}
      onConfirm={async () => {
        const path = `/api/people/${encodeURIComponent(person.id)}`;
        await api.patch(path, { active: !person.active }, Person);
        await client.invalidateQueries({ queryKey: peopleQuery.queryKey });
      }}
    >
      {person.active
        ? 'They are signed out at once and cannot sign in any more. Their calls and recordings stay.'
        : 'They can sign in again with the password they had.'}
    </Confirm>
  );
}

function WithdrawDialog({ invitation, onClose }: { invitation: Invitation; onClose: () => void }) {
  const client = useQueryClient();
  return (
    <Confirm
      open
      onClose={onClose}
      title="Withdraw this link"
      action="Withdraw"
      onConfirm={async () => {
        await api.send('DELETE', `/api/invitations/${encodeURIComponent(invitation.id)}`);
        await client.invalidateQueries({ queryKey: invitationsQuery.queryKey });
      }}
    >
      The link for {invitation.email} stops working.
    </Confirm>
  );
}

/** Links that were made and not used yet. */
function Invitations({ onWithdraw }: { onWithdraw: (invitation: Invitation) => void }) {
  const invitations = useQuery(invitationsQuery);
  return (
    <SettingsList
      title="Open links"
      intro="Made and not used yet. A link cannot be shown again; withdraw it and make a new one."
      query={invitations}
    >
      {({ invitations: list }) =>
        list.length === 0 ? (
          <p className="p-4 text-muted">No open links.</p>
        ) : (
          <ul>
            {list.map((invitation) => (
              <li
                key={invitation.id}
                className="flex flex-wrap items-center justify-between gap-3 border-t px-4 py-3 first:border-t-0"
              >
                <div className="min-w-0">
                  <p className="font-medium wrap-anywhere">{invitation.email}</p>
                  <p className="text-sm text-muted">
                    {invitation.kind === 'join'
                      ? `To join as ${ROLE_WORDS[invitation.role ?? 'agent'].withArticle}`
                      : 'To set a new password'}
                    {invitation.team && `, ${invitation.team.name}`}, until{' '}
                    {shortWhen(invitation.expiresAt)}
                  </p>
                </div>
                <Button
                  size="small"
                  onClick={() => onWithdraw(invitation)}
                  aria-label={`Withdraw the link for ${invitation.email}`}
                >
                  Withdraw
                </Button>
              </li>
            ))}
          </ul>
        )
      }
    </SettingsList>
  );
}
