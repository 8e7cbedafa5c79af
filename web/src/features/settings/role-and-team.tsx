import type { Role, Team } from '@offhook/contract';
import { ROLE_WORDS } from '../../lib/person-words.ts';
import { Field } from '../../ui/field.tsx';
import { Select } from '../../ui/input.tsx';

interface RoleFieldProps {
  value: Role;
  roles: readonly Role[];
  onChange: (role: Role) => void;
}

export function RoleField({ value, roles, onChange }: RoleFieldProps) {
  return (
    <Field label="Role" hint={ROLE_WORDS[value].may}>
      {(control) => (
        <Select
          {...control}
          value={value}
          onChange={(event) => onChange(event.target.value as Role)}
        >
          {roles.map((role) => (
            <option key={role} value={role}>
              {ROLE_WORDS[role].name}
            </option>
          ))}
        </Select>
      )}
    </Field>
  );
}

interface TeamFieldProps {
  value: string | null;
  teams: Team[];
  /** Supervisors have only their own team to give. */
  required: boolean;
  onChange: (teamId: string | null) => void;
}

export function TeamField({ value, teams, required, onChange }: TeamFieldProps) {
  return (
    <Field label="Team">
      {(control) => (
        <Select
          {...control}
          value={value ?? ''}
          onChange={(event) => onChange(event.target.value || null)}
        >
          {!required && <option value="">None</option>}
          {teams.map(({ id, name }) => (
            <option key={id} value={id}>
              {name}
            </option>
          ))}
        </Select>
      )}
    </Field>
  );
}
