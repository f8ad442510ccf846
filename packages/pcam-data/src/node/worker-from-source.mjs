// Starts worker.ts where this package runs from its sources: tsx's --import flag, which
// worker threads inherit, takes effect on the main thread only.
import { register } from 'tsx/esm/api';

register();
await import('./worker.ts');
