import type { Ledger } from '../journal/ledger.ts';
import type { Api } from './app.ts';
import { fields } from './fields.ts';
import type { Presenter } from './present.ts';

export interface AccountRouteParts {
  ledger: Ledger;
  present: Presenter;
  /** Sid of the application that came with the account. */
  own: string;
}

/** The account itself: what many ask for first, to see whether their credentials are right. */
export function accountRoute(scope: Api, { ledger, present, own }: AccountRouteParts): void {
  scope.get('.json', async (request) => {
    fields(request.query, {});
    return present.account(ledger.applications.get(own)?.createdAt ?? null);
  });
}
