import type { Backend } from '../support/backends.js';
import { runOn } from '../support/run-on.js';
import type { Spec, SuiteEvent } from './events.js';

export interface SuiteResult {
  specs: Spec[];
  /** Failures outside of any spec. */
  errors: string[];
}

/** Runs tfjs-core's specs whose full name contains `filter` on a backend. */
export async function runSuite(backend: Backend, filter = ''): Promise<SuiteResult> {
  const { output, end, stderr } = await runOn(backend, new URL('suite.ts', import.meta.url), [filter]);
  const result: SuiteResult = { specs: [], errors: [] };
  let at = 'before the first spec';
  let done = false;
  for (const line of output.split('\n').filter(Boolean)) {
    const event = JSON.parse(line) as SuiteEvent;
    if (event.event === 'started') {
      at = `in "${event.name}"`;
    } else if (event.event === 'spec') {
      const { event: _, ...spec } = event;
      result.specs.push(spec);
    } else if (event.event === 'error') {
      result.errors.push(event.message);
    } else {
      at = 'after the last spec';
      done = true;
    }
  }
  if (!done || end !== 0) {
    throw new Error(`the suite on ${backend.name} ended with ${end} ${at}\n${stderr}`);
  }
  return result;
}
