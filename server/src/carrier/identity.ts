/** The Voice SDK identity of an agent: letters, digits and underscores only. */
export function agentIdentity(personId: string): string {
  return `agent_${personId.replace(/[^A-Za-z0-9_]/g, '_')}`;
}

/** "client:agent_x" → "agent_x"; null for anything that is not a Voice SDK client. */
export function identityOf(from: string | undefined): string | null {
  return from?.startsWith('client:') === true ? from.slice('client:'.length) : null;
}
