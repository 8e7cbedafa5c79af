import type { PhoneKind, Role } from '@offhook/contract';

export const ROLE_WORDS: Record<Role, { name: string; withArticle: string; may: string }> = {
  agent: { name: 'Agent', withArticle: 'an agent', may: 'Makes calls and sees their own.' },
  supervisor: {
    name: 'Supervisor',
    withArticle: 'a supervisor',
    may: 'Makes calls and sees those of the team.',
  },
  administrator: {
    name: 'Administrator',
    withArticle: 'an administrator',
    may: 'Sees everything and changes the settings.',
  },
};

export const PHONE_WORDS: Record<PhoneKind, string> = { browser: 'Browser', sip: 'SIP phone' };
