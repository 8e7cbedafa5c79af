import { useFormContext } from 'react-hook-form';
import { CheckField } from '../../../ui/check-field.tsx';
import { Field } from '../../../ui/field.tsx';
import { Input, Select, Textarea } from '../../../ui/input.tsx';
import { FormSection } from './form-section.tsx';
import type { TrunkDraft } from './trunk-draft.ts';

/** Where the trunk is, and how it is reached. */
export function ConnectionSection() {
  const { register, watch, formState } = useFormContext<TrunkDraft>();
  const { errors } = formState;
  return (
    <FormSection title="Connection" intro="Where your carrier’s SIP server is. The carrier says.">
      <Field
        label="Name"
        hint="As you want to see it here."
        error={errors.name?.message}
        className="sm:col-span-2"
      >
        {(control) => <Input {...control} {...register('name')} autoComplete="off" />}
      </Field>
      <Field
        label="Host"
        hint="A name such as sip.example.com, or an address."
        error={errors.host?.message}
        className="sm:col-span-2"
      >
        {(control) => (
          <Input
            {...control}
            {...register('host')}
            autoComplete="off"
            autoCapitalize="none"
            spellCheck={false}
          />
        )}
      </Field>
      <Field
        label="Transport"
        hint="TLS is encrypted; UDP is the most common."
        error={errors.transport?.message}
      >
        {(control) => (
          <Select {...control} {...register('transport')}>
            <option value="udp">UDP</option>
            <option value="tcp">TCP</option>
            <option value="tls">TLS</option>
          </Select>
        )}
      </Field>
      <Field label="Port" hint="Empty: the usual one for this host." error={errors.port?.message}>
        {(control) => (
          <Input {...control} {...register('port')} inputMode="numeric" autoComplete="off" />
        )}
      </Field>
      {watch('transport') === 'tls' && (
        <Field
          label="Certificate authority"
          hint="Only if the carrier signs its certificates itself: its authority’s certificate, as PEM text."
          error={errors.tlsCa?.message}
          className="sm:col-span-2"
        >
          {(control) => (
            <Textarea
              {...control}
              {...register('tlsCa')}
              className="font-mono text-sm"
              placeholder="-----BEGIN CERTIFICATE-----"
              spellCheck={false}
            />
          )}
        </Field>
      )}
      <CheckField
        label="Use this trunk"
        hint="Switched off, it takes no calls and is not asked how it is."
        className="sm:col-span-2"
        {...register('enabled')}
      />
    </FormSection>
  );
}
