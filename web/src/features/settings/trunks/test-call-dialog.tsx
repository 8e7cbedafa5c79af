import { TestCall, TestCallRequest, type Trunk } from '@offhook/contract';
import { zodResolver } from '@hookform/resolvers/zod';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useForm } from 'react-hook-form';
import { api, messageOf } from '../../../lib/api.ts';
import { showServerError } from '../../../lib/form-errors.ts';
import { Button } from '../../../ui/button.tsx';
import { Dialog, DialogButtons } from '../../../ui/dialog.tsx';
import { Field, FormError } from '../../../ui/field.tsx';
import { Input } from '../../../ui/input.tsx';
import { TestCallResult, TestCallSteps } from './test-call-steps.tsx';
import { isForgotten, testCallQuery, trunkPath } from './trunks-query.ts';

interface TestCallDialogProps {
  trunk: Trunk;
  onClose: () => void;
}

/** Rings a number over one trunk, and says step by step how it goes. */
export function TestCallDialog({ trunk, onClose }: TestCallDialogProps) {
  const [number, setNumber] = useState('');
  const [test, setTest] = useState<TestCall | null>(null);
  return (
    <Dialog
      open
      onClose={onClose}
      title={`Test call over ${trunk.name}`}
      intro="Rings a real phone over this trunk alone. Your own mobile is a good choice: answer it, and listen to the message to its end. Your carrier may charge for the call."
    >
      {test === null ? (
        <NumberForm
          trunk={trunk}
          number={number}
          onStarted={(typed, started) => {
            setNumber(typed);
            setTest(started);
          }}
          onClose={onClose}
        />
      ) : (
        <Progress trunk={trunk} started={test} onAgain={() => setTest(null)} onClose={onClose} />
      )}
    </Dialog>
  );
}

interface NumberFormProps extends TestCallDialogProps {
  /** What was typed last time. */
  number: string;
  onStarted: (typed: string, test: TestCall) => void;
}

function NumberForm({ trunk, number, onStarted, onClose }: NumberFormProps) {
  const form = useForm({ resolver: zodResolver(TestCallRequest), defaultValues: { to: number } });
  const { errors, isSubmitting } = form.formState;
  const submit = form.handleSubmit(async (values) => {
    try {
      const started = await api.post(`${trunkPath(trunk.id)}/test-calls`, values, TestCall);
      onStarted(values.to, started);
    } catch (error) {
      showServerError(form, error);
    }
  });
  return (
    <form noValidate onSubmit={(event) => void submit(event)} className="flex flex-col gap-4">
      <Field label="Number to ring" error={errors.to?.message}>
        {(control) => (
          <Input {...control} {...form.register('to')} type="tel" autoComplete="off" autoFocus />
        )}
      </Field>
      {errors.root?.message && <FormError>{errors.root.message}</FormError>}
      <DialogButtons>
        <Button onClick={onClose}>Cancel</Button>
        <Button type="submit" look="primary" busy={isSubmitting}>
          Start test call
        </Button>
      </DialogButtons>
    </form>
  );
}

interface ProgressProps extends TestCallDialogProps {
  started: TestCall;
  onAgain: () => void;
}

function Progress({ trunk, started, onAgain, onClose }: ProgressProps) {
  const { data: test, error } = useQuery(testCallQuery(trunk.id, started));
  const running = test.state === 'running';
  const over = !running || isForgotten(error);
  return (
    <>
      <TestCallSteps test={test} />
      {running ? (
        error && <FormError>{messageOf(error)}</FormError>
      ) : (
        <TestCallResult test={test} />
      )}
      <DialogButtons>
        {over && <Button onClick={onAgain}>Call again</Button>}
        <Button look={over ? 'primary' : 'plain'} onClick={onClose} autoFocus>
          Close
        </Button>
      </DialogButtons>
    </>
  );
}
