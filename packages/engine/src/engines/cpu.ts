import { findBackend, setBackend } from '@tensorflow/tfjs-core';
import type { Candidate, Started } from './candidate.js';

/** Plain JavaScript: slow, needs nothing, the reference for every other engine. */
export const cpu: Candidate = {
  name: 'cpu',
  mend: 'npm install @tensorflow/tfjs-backend-cpu',
  async start(): Promise<Started> {
    await import('@tensorflow/tfjs-backend-cpu');
    // tfjs advises, at first use, to install tfjs-node: who asked for cpu knows.
    (findBackend('cpu') as { firstUse?: boolean }).firstUse = false;
    await setBackend('cpu');
    return { backend: 'cpu', device: 'CPU, plain JavaScript', threads: 1 };
  },
};
