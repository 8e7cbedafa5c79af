import type { Config } from '../config/config.ts';
import type { FrontOffice } from '../person/front-office.ts';
import { apiKeyRoutes } from './api-keys.ts';
import type { App } from './app-type.ts';
import { limitAttempts } from './attempts.ts';
import { invitationRoutes } from './invitations.ts';
import { joinRoutes } from './join.ts';
import { peopleRoutes } from './people.ts';
import { createSessionAnswer } from './session-answer.ts';
import { sessionRoutes } from './session.ts';
import { sipPhoneRoutes } from './sip-phones.ts';
import { teamRoutes } from './teams.ts';

/** Signing in, people, teams, invitations and keys. */
export async function frontOfficeRoutes(
  app: App,
  config: Config,
  office: FrontOffice,
): Promise<void> {
  const attempts = await limitAttempts(app);
  const { people, setup } = office;
  const house = {
    ...office,
    attempts,
    sessionAnswer: createSessionAnswer({ config, people, setup }),
  };
  sessionRoutes(app, house);
  peopleRoutes(app, house);
  sipPhoneRoutes(app, house);
  teamRoutes(app, house);
  invitationRoutes(app, house);
  joinRoutes(app, house);
  apiKeyRoutes(app, house);
}
