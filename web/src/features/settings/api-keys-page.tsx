import { zodResolver } from '@hookform/resolvers/zod';
import { ApiKeyCreated, ApiKeyRequest, ApiKeysAnswer, type ApiKey } from '@offhook/contract';
import { queryOptions, useQuery, useQueryClient } from '@tanstack/react-query';
import { KeyRound, Plus } from 'lucide-react';
import { useState } from 'react';
import { useForm } from 'react-hook-form';
import { api } from '../../lib/api.ts';
import { showServerError } from '../../lib/form-errors.ts';
import { dateOf, shortWhen } from '../../lib/format.ts';
import { Button } from '../../ui/button.tsx';
import { Confirm } from '../../ui/confirm.tsx';
import { CopyField } from '../../ui/copy-field.tsx';
import { Dialog, DialogButtons } from '../../ui/dialog.tsx';
import { EmptyState } from '../../ui/empty-state.tsx';
import { Field, FormError } from '../../ui/field.tsx';
import { Input } from '../../ui/input.tsx';
import { SettingsList } from './settings-list.tsx';

const keysQuery = queryOptions({
  queryKey: ['api-keys'],
  queryFn: ({ signal }) => api.get('/api/api-keys', ApiKeysAnswer, { signal }),
});

export function ApiKeysPage() {
  const keys = useQuery(keysQuery);
  const client = useQueryClient();
  const [adding, setAdding] = useState(false);
  const [deleting, setDeleting] = useState<ApiKey | null>(null);
  const refresh = () => client.invalidateQueries({ queryKey: keysQuery.queryKey });
  return (
    <>
      <title>API keys · Offhook</title>
      <SettingsList
        title="API keys"
        intro={
          <>
            A key lets a program act as you: it may do and see what you may. What programs can do is
            described in{' '}
            <a href="/api/openapi.json" className="text-accent-text underline">
              the API’s description
            </a>
            .
          </>
        }
        action={
          <Button look="primary" onClick={() => setAdding(true)}>
            <Plus aria-hidden />
            Make a key
          </Button>
        }
        query={keys}
      >
        {({ apiKeys }) =>
          apiKeys.length === 0 ? (
            <EmptyState icon={KeyRound} title="You have no keys" />
          ) : (
            <ul>
              {apiKeys.map((key) => (
                <li
                  key={key.id}
                  className="flex flex-wrap items-center justify-between gap-3 border-t px-4 py-3 first:border-t-0"
                >
                  <div className="min-w-0">
                    <p className="font-medium wrap-anywhere">{key.name}</p>
                    <p className="text-sm text-muted">
                      <code className="font-mono">{key.start}…</code>, made on{' '}
                      {dateOf(key.createdAt)},{' '}
                      {key.lastUsedAt ? `last used ${shortWhen(key.lastUsedAt)}` : 'never used'}
                    </p>
                  </div>
                  <Button
                    size="small"
                    onClick={() => setDeleting(key)}
                    aria-label={`Delete the key ${key.name}`}
                  >
                    Delete
                  </Button>
                </li>
              ))}
            </ul>
          )
        }
      </SettingsList>
      {adding && <MakeKey onMade={refresh} onClose={() => setAdding(false)} />}
      <Confirm
        open={deleting !== null}
        onClose={() => setDeleting(null)}
        title={`Delete the key ${deleting?.name ?? ''}`}
        action="Delete key"
        onConfirm={async () => {
          if (!deleting) return;
          await api.send('DELETE', `/api/api-keys/${encodeURIComponent(deleting.id)}`);
          await refresh();
        }}
      >
        Programs that use it are refused from now on.
      </Confirm>
    </>
  );
}

function MakeKey({ onMade, onClose }: { onMade: () => Promise<void>; onClose: () => void }) {
  const [secret, setSecret] = useState<string | null>(null);
  const form = useForm({ resolver: zodResolver(ApiKeyRequest), defaultValues: { name: '' } });
  const { errors, isSubmitting } = form.formState;
  const submit = form.handleSubmit(async (values) => {
    try {
      const made = await api.post('/api/api-keys', values, ApiKeyCreated);
      setSecret(made.secret);
      await onMade();
    } catch (error) {
      showServerError(form, error);
    }
  });
  if (secret !== null) {
    return (
      <Dialog open onClose={onClose} title="Your new key">
        <CopyField
          label="Key"
          value={secret}
          hint="Copy it now. It is shown only this once; keep it like a password."
        />
        <DialogButtons>
          <Button look="primary" onClick={onClose}>
            Done
          </Button>
        </DialogButtons>
      </Dialog>
    );
  }
  return (
    <Dialog open onClose={onClose} title="Make a key">
      <form noValidate onSubmit={(event) => void submit(event)} className="flex flex-col gap-4">
        <Field
          label="Name"
          hint="What will use it, so that you know it again."
          error={errors.name?.message}
        >
          {(control) => (
            <Input {...control} {...form.register('name')} autoComplete="off" autoFocus />
          )}
        </Field>
        {errors.root?.message && <FormError>{errors.root.message}</FormError>}
        <DialogButtons>
          <Button onClick={onClose}>Cancel</Button>
          <Button type="submit" look="primary" busy={isSubmitting}>
            Make key
          </Button>
        </DialogButtons>
      </form>
    </Dialog>
  );
}
