import helmet from '@fastify/helmet';
import type { HttpConfig } from '../config/config.ts';
import type { App } from './app-type.ts';

/**
 * What a browser may do on our pages: run our own scripts, talk to us (and to the carrier's
 * signalling, where the browser does that itself), play what we recorded, use the microphone.
 */
export async function installSecurityHeaders(app: App, http: HttpConfig): Promise<void> {
  const isHttps = http.publicUrl.startsWith('https:');
  const ownSocket = http.publicUrl.replace(/^http/, 'ws');
  await app.register(helmet, {
    contentSecurityPolicy: {
      useDefaults: false,
      directives: {
        defaultSrc: ["'self'"],
        scriptSrc: ["'self'"],
        // Parts of the screen place themselves with style elements.
        styleSrc: ["'self'", "'unsafe-inline'"],
        imgSrc: ["'self'", 'data:', 'blob:'],
        fontSrc: ["'self'"],
        mediaSrc: ["'self'", 'blob:'],
        connectSrc: ["'self'", ownSocket, ...http.connectOrigins],
        workerSrc: ["'self'"],
        objectSrc: ["'none'"],
        baseUri: ["'self'"],
        formAction: ["'self'"],
        frameAncestors: ["'none'"],
      },
    },
    // Only a server reached over https may ask for https from now on.
    strictTransportSecurity: isHttps ? { maxAge: 31_536_000, includeSubDomains: false } : false,
    crossOriginOpenerPolicy: isHttps ? { policy: 'same-origin' } : false,
    originAgentCluster: isHttps,
    frameguard: { action: 'deny' },
    referrerPolicy: { policy: 'same-origin' },
  });
  app.addHook('onSend', async (_request, reply) => {
    void reply.header('permissions-policy', 'microphone=(self), camera=(), geolocation=()');
  });
}
