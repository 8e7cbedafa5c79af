import { pino, type Logger } from 'pino';

/** JSON lines on stdout. What could let somebody in is never written, wherever it turns up. */
export function createLog(level: string): Logger {
  return pino({
    level,
    base: null,
    redact: {
      censor: '[hidden]',
      paths: [
        'authorization',
        'cookie',
        'password',
        'secret',
        'token',
        '*.authorization',
        '*.cookie',
        '*.password',
        '*.secret',
        '*.token',
        'req.headers.authorization',
        'req.headers.cookie',
      ],
    },
  });
}
