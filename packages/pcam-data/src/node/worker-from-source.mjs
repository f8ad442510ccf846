// Starts worker.ts where this package runs from its sources: tsx's --import flag, which
// worker threads inherit, takes effect on the main thread only.
import { register } from 'tsx/esm/api';
// Loaded before tsx listens in, which would take seconds to parse its 4 MB.
import 'h5wasm/node';

register();
await import('./worker.ts');
