import { existsSync } from 'node:fs';
import { join, sep } from 'node:path';
import staticFiles from '@fastify/static';
import type { FastifyRequest } from 'fastify';
import type { App } from './app-type.ts';
import { answerProblem, notFound } from './error-handler.ts';

const A_YEAR_SECONDS = 31_536_000;
/** Addresses of programs: what is not found below them is an error, not a page. */
const NOT_PAGES = /^\/(api|carrier|signal|health)(\/|$)/;

/**
 * The built web pages. An address that is no file is a page of the application: it gets
 * index.html, which knows what to show. Without a folder there is only the API.
 */
export async function installPages(app: App, webFolder: string | null): Promise<void> {
  const folder = webFolder !== null && existsSync(join(webFolder, 'index.html')) ? webFolder : null;
  if (folder !== null) {
    await app.register(staticFiles, {
      root: folder,
      cacheControl: false,
      // The build leaves a .br and a .gz beside each file that is smaller for it.
      preCompressed: true,
      setHeaders: (reply, path) => {
        void reply.header('cache-control', cacheFor(path.slice(folder.length)));
      },
    });
  } else if (webFolder !== null) {
    app.log.warn({ webFolder }, 'the web pages are not built: only the API is served');
  }
  app.setNotFoundHandler(async (request, reply) =>
    folder !== null && wantsPage(request)
      ? reply.header('cache-control', 'no-cache').sendFile('index.html')
      : answerProblem(notFound(), request, reply),
  );
}

/** Built files carry a hash in their name: they never change. Everything else is asked for anew. */
function cacheFor(path: string): string {
  return path.startsWith(`${sep}assets${sep}`)
    ? `public, max-age=${A_YEAR_SECONDS}, immutable`
    : 'no-cache';
}

function wantsPage(request: FastifyRequest): boolean {
  const path = request.url.split('?', 1)[0] ?? '';
  const isFile = /\.[a-z0-9]+$/i.test(path);
  return (
    (request.method === 'GET' || request.method === 'HEAD') && !isFile && !NOT_PAGES.test(path)
  );
}
