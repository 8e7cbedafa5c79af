// A thread does not inherit the main thread's TypeScript loader: this registers one, then begins.
import { register } from 'tsx/esm/api';

register();
await import('./inspect-worker.ts');
