import { useFormContext } from 'react-hook-form';
import { CheckField } from '../../../ui/check-field.tsx';
import { Field } from '../../../ui/field.tsx';
import { Input, Textarea } from '../../../ui/input.tsx';
import { FormSection } from './form-section.tsx';
import type { TrunkDraft } from './trunk-draft.ts';

/** How the carrier knows us, and how we know the carrier. */
export function SignInSection({ hasPassword }: { hasPassword: boolean }) {
  const { register, watch, formState } = useFormContext<TrunkDraft>();
  const { errors } = formState;
  return (
    <FormSection
      title="Sign-in"
      intro="How your carrier knows that a call is yours: by a user name and a password, or by your public address."
    >
      <Field
        label="User name"
        hint="Empty: the carrier knows your address."
        error={errors.username?.message}
      >
        {(control) => (
          <Input
            {...control}
            {...register('username')}
            autoComplete="off"
            autoCapitalize="none"
            spellCheck={false}
          />
        )}
      </Field>
      <Field
        label="Password"
        hint={
          hasPassword ? 'Empty: it stays as it is. It is never shown.' : 'It is never shown again.'
        }
        error={errors.password?.message}
      >
        {(control) => (
          <Input
            {...control}
            {...register('password')}
            type="password"
            autoComplete="new-password"
          />
        )}
      </Field>
      <CheckField
        label="Register with the carrier"
        hint="For carriers that must be told where you are, as behind a home router."
        className="sm:col-span-2"
        {...register('registers')}
      />
      {watch('registers') && (
        <Field
          label="Register for"
          hint="Seconds. The carrier may shorten it."
          error={errors.registerSeconds?.message}
        >
          {(control) => (
            <Input
              {...control}
              {...register('registerSeconds')}
              inputMode="numeric"
              autoComplete="off"
            />
          )}
        </Field>
      )}
      <Field
        label="More addresses that calls come from"
        hint="One a line: addresses or ranges such as 192.0.2.0/24. The host’s own are known; calls from elsewhere are refused."
        error={errors.allowedAddresses?.message}
        className="sm:col-span-2"
      >
        {(control) => (
          <Textarea
            {...control}
            {...register('allowedAddresses')}
            className="tabular"
            spellCheck={false}
          />
        )}
      </Field>
    </FormSection>
  );
}
