import type { App } from './app-type.ts';

/** For whoever watches the process: 200 while it answers and its database does. */
export function healthRoutes(
  app: App,
  { databaseAnswers }: { databaseAnswers: () => Promise<void> },
): void {
  app.get('/health', { schema: { hide: true } }, async () => {
    await databaseAnswers();
    return { status: 'ok' };
  });
}
