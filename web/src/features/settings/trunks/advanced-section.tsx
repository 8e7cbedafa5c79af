import { useFormContext } from 'react-hook-form';
import { Field } from '../../../ui/field.tsx';
import { Input, Select } from '../../../ui/input.tsx';
import { FormSection } from './form-section.tsx';
import type { TrunkDraft } from './trunk-draft.ts';

const CODECS = [
  { value: 'PCMA,PCMU', label: 'G.711 A-law, else µ-law' },
  { value: 'PCMU,PCMA', label: 'G.711 µ-law, else A-law' },
  { value: 'PCMA', label: 'G.711 A-law only' },
  { value: 'PCMU', label: 'G.711 µ-law only' },
];

const NUMBERS = [
  {
    name: 'channels',
    label: 'Calls at once',
    hint: 'Both ways together. Empty: any number.',
  },
  {
    name: 'priority',
    label: 'Priority',
    hint: 'Trunks are tried from the lowest number up.',
  },
  {
    name: 'keepAliveSeconds',
    label: 'Ask how it is every',
    hint: 'Seconds, by SIP OPTIONS. Empty: never.',
  },
] as const;

/** What is right for most as it is. */
export function AdvancedSection() {
  const { register, formState } = useFormContext<TrunkDraft>();
  const { errors } = formState;
  return (
    <FormSection title="Advanced" intro="Right for most carriers as it is.">
      <Field
        label="Sound format"
        hint="A-law in Europe, µ-law in North America and Japan."
        error={errors.codecs?.message}
      >
        {(control) => (
          <Select {...control} {...register('codecs')}>
            {CODECS.map(({ value, label }) => (
              <option key={value} value={value}>
                {label}
              </option>
            ))}
          </Select>
        )}
      </Field>
      <Field
        label="Encrypted sound (SRTP)"
        hint="Keys travel with the call: use TLS with it."
        error={errors.srtp?.message}
      >
        {(control) => (
          <Select {...control} {...register('srtp')}>
            <option value="off">Off</option>
            <option value="optional">If the carrier can</option>
            <option value="required">Always; refuse calls without it</option>
          </Select>
        )}
      </Field>
      {NUMBERS.map(({ name, label, hint }) => (
        <Field key={name} label={label} hint={hint} error={errors[name]?.message}>
          {(control) => (
            <Input {...control} {...register(name)} inputMode="numeric" autoComplete="off" />
          )}
        </Field>
      ))}
    </FormSection>
  );
}
