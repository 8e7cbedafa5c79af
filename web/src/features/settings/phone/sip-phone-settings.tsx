import type { SipPhone } from '@offhook/contract';
import { useQuery } from '@tanstack/react-query';
import { KeyRound } from 'lucide-react';
import { useState } from 'react';
import { messageOf } from '../../../lib/api.ts';
import { Button } from '../../../ui/button.tsx';
import { Confirm } from '../../../ui/confirm.tsx';
import { ErrorState } from '../../../ui/error-state.tsx';
import { Panel } from '../../../ui/panel.tsx';
import { Spinner } from '../../../ui/spinner.tsx';
import { sipPhoneQuery } from './sip-phone-query.ts';

interface SipPhoneSettingsProps {
  personId: string;
  busy: boolean;
  /** Null while a new one is on the screen. */
  onNewPassword: (() => void) | null;
}

/** What is typed into the phone so that it registers. */
export function SipPhoneSettings({ personId, busy, onNewPassword }: SipPhoneSettingsProps) {
  const query = useQuery(sipPhoneQuery(personId));
  const [asking, setAsking] = useState(false);
  if (query.isPending) return <Spinner label="Loading the phone’s settings" />;
  if (query.data === undefined) {
    return (
      <ErrorState
        title="The phone’s settings could not be fetched"
        onRetry={() => void query.refetch()}
        retrying={query.isFetching}
      >
        {messageOf(query.error)}
      </ErrorState>
    );
  }
  return (
    <Panel aria-labelledby="into-the-phone" className="flex flex-col gap-3 p-4">
      <h3 id="into-the-phone" className="font-medium">
        To be typed into the phone
      </h3>
      <dl className="grid grid-cols-[auto_1fr] gap-x-6 gap-y-2">
        {rowsOf(query.data).map(({ name, value }) => (
          <div key={name} className="col-span-2 grid grid-cols-subgrid">
            <dt className="text-muted">{name}</dt>
            <dd className="font-mono text-sm leading-6 wrap-anywhere select-all">{value}</dd>
          </div>
        ))}
      </dl>
      <p className="text-sm text-muted">
        The phone says “registered” when all is well. Where it asks for a display name or a
        voicemail number, anything will do. Put the phone down to end a call; End on this page works
        too.
      </p>
      {onNewPassword !== null && (
        <div>
          <Button size="small" busy={busy} onClick={() => setAsking(true)}>
            <KeyRound aria-hidden />
            Make a new password
          </Button>
        </div>
      )}
      <Confirm
        open={asking}
        onClose={() => setAsking(false)}
        title="Make a new password"
        action="Make password"
        look="primary"
        onConfirm={async () => onNewPassword?.()}
      >
        The phone has to be given the new one: with the old one it can register no more.
      </Confirm>
    </Panel>
  );
}

/** A domain that no name server knows is reached by way of our own address. */
function rowsOf({ username, domain, server, port }: SipPhone) {
  const user = { name: 'User name', value: username };
  if (domain === server) {
    const where = { name: 'Server (registrar)', value: server };
    return [user, where, { name: 'Port', value: `${port}, over UDP or TCP` }];
  }
  return [
    user,
    { name: 'Domain (SIP server)', value: domain },
    { name: 'Outbound proxy', value: `${server}:${port}, over UDP or TCP` },
  ];
}
