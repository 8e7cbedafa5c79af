import { EndReason, Outcome } from '@offhook/contract';
import { useQuery } from '@tanstack/react-query';
import { ListFilter, Search, X } from 'lucide-react';
import { useEffect, useState } from 'react';
import { END_REASON_WORDS, OUTCOME_WORDS } from '../../lib/call-words.ts';
import { peopleQuery } from '../../lib/people.ts';
import { useMe } from '../../lib/session.ts';
import { Button } from '../../ui/button.tsx';
import { Field } from '../../ui/field.tsx';
import { Input, Select } from '../../ui/input.tsx';
import { Popover } from '../../ui/popover.tsx';
import { chipWords, readFilters, type RecordFilters } from './filters.ts';

interface FilterBarProps {
  filters: RecordFilters;
  onChange: (filters: RecordFilters) => void;
}

/** Long enough not to ask at every key, short enough not to be waited for. */
const TYPING_PAUSE_MS = 250;

export function FilterBar({ filters, onChange }: FilterBarProps) {
  const me = useMe();
  const { data } = useQuery({ ...peopleQuery, enabled: me.role !== 'agent' });
  const people = data?.people ?? [];
  const nameOf = (id: string) => people.find((person) => person.id === id)?.name ?? 'one agent';
  const chips = chipWords(filters, nameOf);
  const set = (change: Partial<Record<keyof RecordFilters, string | undefined>>) =>
    onChange(readFilters({ ...filters, ...change }));

  return (
    <div className="flex flex-col gap-3">
      <div className="flex flex-wrap gap-2">
        <CustomerSearch
          value={filters.customer ?? ''}
          onChange={(text) => set({ customer: text || undefined })}
        />
        <Popover
          label="Filters"
          trigger={
            <Button>
              <ListFilter aria-hidden />
              Filter
            </Button>
          }
        >
          <div className="flex flex-col gap-4">
            {me.role !== 'agent' && (
              <Choice
                label="Agent"
                value={filters.agent}
                options={people.map(({ id, name }) => [id, name])}
                onChange={(agent) => set({ agent })}
              />
            )}
            <Choice
              label="Outcome"
              value={filters.outcome}
              options={Outcome.options.map((outcome) => [outcome, OUTCOME_WORDS[outcome]])}
              onChange={(outcome) => set({ outcome })}
            />
            <Choice
              label="Why it ended"
              value={filters.reason}
              options={EndReason.options.map((reason) => [reason, END_REASON_WORDS[reason]])}
              onChange={(reason) => set({ reason })}
            />
            <Choice
              label="State"
              value={filters.state}
              options={[
                ['live', 'In progress'],
                ['ended', 'Ended'],
              ]}
              onChange={(state) => set({ state })}
            />
            <div className="grid gap-3 sm:grid-cols-2">
              <Day label="From" value={filters.from} onChange={(from) => set({ from })} />
              <Day label="To" value={filters.to} onChange={(to) => set({ to })} />
            </div>
          </div>
        </Popover>
      </div>
      {chips.length > 0 && (
        <ul aria-label="Filters in use" className="flex flex-wrap gap-2">
          {chips.map(({ key, words }) => (
            <li key={key}>
              <button
                type="button"
                onClick={() => set({ [key]: undefined })}
                aria-label={`Remove filter ${words}`}
                className="flex min-h-8 items-center gap-1.5 rounded-full bg-accent-soft py-1 pr-2 pl-3 text-left text-sm font-medium text-accent-text"
              >
                {words}
                <X aria-hidden className="size-4 shrink-0" />
              </button>
            </li>
          ))}
          {chips.length > 1 && (
            <li>
              <Button look="link" size="inline" className="min-h-8" onClick={() => onChange({})}>
                Remove all
              </Button>
            </li>
          )}
        </ul>
      )}
    </div>
  );
}

function CustomerSearch({ value, onChange }: { value: string; onChange: (text: string) => void }) {
  const [text, setText] = useState(value);
  const [from, setFrom] = useState(value);
  if (from !== value) {
    // Changed elsewhere: a chip removed, the back button.
    setFrom(value);
    setText(value);
  }
  useEffect(() => {
    const typed = text.trim();
    if (typed === value) return;
    const timer = setTimeout(() => onChange(typed), TYPING_PAUSE_MS);
    return () => clearTimeout(timer);
  }, [text, value, onChange]);
  return (
    <div className="relative min-w-0 grow basis-44 sm:max-w-72">
      <Search aria-hidden className="absolute top-3 left-3 size-4 text-muted" />
      <Input
        type="search"
        aria-label="Customer’s number or name"
        placeholder="Number or name"
        value={text}
        maxLength={64}
        onChange={(event) => setText(event.target.value)}
        className="pl-9"
      />
    </div>
  );
}

interface ChoiceProps {
  label: string;
  value: string | undefined;
  options: (readonly [value: string, words: string])[];
  onChange: (value: string | undefined) => void;
}

function Choice({ label, value, options, onChange }: ChoiceProps) {
  return (
    <Field label={label}>
      {(control) => (
        <Select
          {...control}
          value={value ?? ''}
          onChange={(event) => onChange(event.target.value || undefined)}
        >
          <option value="">Any</option>
          {options.map(([option, words]) => (
            <option key={option} value={option}>
              {words}
            </option>
          ))}
        </Select>
      )}
    </Field>
  );
}

function Day({ label, value, onChange }: Omit<ChoiceProps, 'options'>) {
  return (
    <Field label={label}>
      {(control) => (
        <Input
          {...control}
          type="date"
          value={value ?? ''}
          onChange={(event) => onChange(event.target.value || undefined)}
        />
      )}
    </Field>
  );
}
