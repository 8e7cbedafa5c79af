import { Plus, X } from 'lucide-react';
import { useFieldArray, useFormContext } from 'react-hook-form';
import { Button } from '../../../ui/button.tsx';
import { Field } from '../../../ui/field.tsx';
import { Input, Textarea } from '../../../ui/input.tsx';
import { FormSection } from './form-section.tsx';
import type { TrunkDraft } from './trunk-draft.ts';

/** Which numbers are ours, and how numbers are written for this carrier. */
export function NumbersSection() {
  const { register, formState } = useFormContext<TrunkDraft>();
  const { errors } = formState;
  return (
    <FormSection
      title="Numbers"
      intro="The numbers your carrier gave you, and how it wants others."
    >
      <Field
        label="Caller IDs"
        hint="One a line. The first is shown to whom you call, unless the call comes from another of these. Empty: your carrier shows what it knows you by."
        error={errors.callerIds?.message}
        className="sm:col-span-2"
      >
        {(control) => (
          <Textarea
            {...control}
            {...register('callerIds')}
            className="tabular"
            spellCheck={false}
          />
        )}
      </Field>
      <PrefixRules />
    </FormSection>
  );
}

const PARTS = [
  { name: 'prefix', label: 'Prefix', placeholder: '+44' },
  { name: 'strip', label: 'Cut off', placeholder: '3' },
  { name: 'prepend', label: 'Add', placeholder: '0' },
] as const;

function PrefixRules() {
  const { control, register, formState } = useFormContext<TrunkDraft>();
  const rules = useFieldArray({ control, name: 'rules' });
  const problems = formState.errors.rules;
  return (
    <fieldset className="flex min-w-0 flex-col gap-3 sm:col-span-2">
      <legend className="mb-3">
        <span className="font-medium">Prefix rules</span>
        <span className="block text-sm text-pretty text-muted">
          Without any, this trunk takes every number, as +44… With rules it takes only numbers that
          one of them fits; the first that fits is used. To dial +442079460000 as 02079460000: +44,
          cut off 3, add 0.
        </span>
      </legend>
      {rules.fields.map((rule, index) => (
        <div
          key={rule.id}
          role="group"
          aria-label={`Rule ${index + 1}`}
          className="grid grid-cols-[1fr_1fr_1fr_auto] items-start gap-2"
        >
          {PARTS.map(({ name, label, placeholder }) => (
            <Field key={name} label={label} error={problems?.[index]?.[name]?.message}>
              {(field) => (
                <Input
                  {...field}
                  {...register(`rules.${index}.${name}`)}
                  placeholder={placeholder}
                  className="tabular"
                  autoComplete="off"
                />
              )}
            </Field>
          ))}
          <Button
            look="quiet"
            size="icon"
            className="mt-7"
            aria-label={`Remove rule ${index + 1}`}
            onClick={() => rules.remove(index)}
          >
            <X aria-hidden />
          </Button>
        </div>
      ))}
      <Button
        size="small"
        className="self-start"
        onClick={() => rules.append({ prefix: '+', strip: '0', prepend: '' })}
      >
        <Plus aria-hidden />
        Add a rule
      </Button>
    </fieldset>
  );
}
