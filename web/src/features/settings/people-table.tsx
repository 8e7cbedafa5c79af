import type { Person } from '@offhook/contract';
import { Ellipsis, KeyRound, Pencil, PhoneCall, UserCheck, UserX } from 'lucide-react';
import { PHONE_WORDS, ROLE_WORDS } from '../../lib/person-words.ts';
import { useMe } from '../../lib/session.ts';
import { Badge } from '../../ui/badge.tsx';
import { Button } from '../../ui/button.tsx';
import { Menu, MenuItem, MenuLine } from '../../ui/dropdown-menu.tsx';

interface PeopleTableProps {
  people: Person[];
  onChange: (person: Person) => void;
  onPhone: (person: Person) => void;
  onActive: (person: Person) => void;
  onPasswordLink: (person: Person) => void;
}

const cell = 'px-3 py-2.5 first:pl-4 last:pr-3';

export function PeopleTable({ people, ...actions }: PeopleTableProps) {
  const me = useMe();
  const administrator = me.role === 'administrator';
  return (
    <table className="w-full">
      <thead>
        <tr className="bg-sunken text-left text-sm text-muted [&_th]:font-medium">
          <th scope="col" className={`${cell} rounded-tl-lg`}>
            Name
          </th>
          <th scope="col" className={`${cell} hidden sm:table-cell`}>
            Role
          </th>
          <th scope="col" className={`${cell} hidden sm:table-cell`}>
            Team
          </th>
          <th scope="col" className={`${cell} hidden sm:table-cell`}>
            Phone
          </th>
          <th scope="col" className={`${cell} rounded-tr-lg`}>
            <span className="sr-only">Actions</span>
          </th>
        </tr>
      </thead>
      <tbody>
        {people.map((person) => (
          <tr key={person.id} className="border-t">
            <td className={`${cell} w-full sm:w-auto`}>
              <p className="flex flex-wrap items-center gap-2 font-medium wrap-anywhere">
                {person.name}
                {person.id === me.id && <Badge tone="accent">You</Badge>}
                {!person.active && <Badge tone="warn">Deactivated</Badge>}
              </p>
              <p className="text-sm wrap-anywhere text-muted">{person.email}</p>
              <p className="text-sm text-muted sm:hidden">
                {ROLE_WORDS[person.role].name}
                {person.team && `, ${person.team.name}`}
                {person.phone === 'sip' && `, ${PHONE_WORDS.sip}`}
              </p>
            </td>
            <td className={`${cell} hidden sm:table-cell`}>{ROLE_WORDS[person.role].name}</td>
            <td className={`${cell} hidden min-w-32 wrap-anywhere sm:table-cell`}>
              {person.team?.name ?? <span className="text-muted">None</span>}
            </td>
            <td className={`${cell} hidden sm:table-cell`}>
              <span className={person.phone === 'browser' ? 'text-muted' : undefined}>
                {PHONE_WORDS[person.phone]}
              </span>
            </td>
            <td className={`${cell} text-right`}>
              {administrator && <Actions person={person} own={person.id === me.id} {...actions} />}
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

interface ActionsProps extends Omit<PeopleTableProps, 'people'> {
  person: Person;
  own: boolean;
}

function Actions({ person, own, onChange, onPhone, onActive, onPasswordLink }: ActionsProps) {
  return (
    <Menu
      trigger={
        <Button look="quiet" size="small-icon" aria-label={`Actions for ${person.name}`}>
          <Ellipsis aria-hidden />
        </Button>
      }
    >
      <MenuItem onSelect={() => onChange(person)}>
        <Pencil aria-hidden />
        Change name, role or team
      </MenuItem>
      {person.active && (
        <>
          <MenuItem onSelect={() => onPhone(person)}>
            <PhoneCall aria-hidden />
            Choose the phone
          </MenuItem>
          <MenuItem onSelect={() => onPasswordLink(person)}>
            <KeyRound aria-hidden />
            Make a password link
          </MenuItem>
        </>
      )}
      {!own && (
        <>
          <MenuLine />
          <MenuItem onSelect={() => onActive(person)}>
            {person.active ? <UserX aria-hidden /> : <UserCheck aria-hidden />}
            {person.active ? 'Deactivate' : 'Activate'}
          </MenuItem>
        </>
      )}
    </Menu>
  );
}
