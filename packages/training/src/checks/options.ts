import { checkKeys, describeValue } from '@pcam/options';
import { configHints, configKeys } from '../config.js';
import type { FitOptions } from '../fit.js';
import { checkLoader, checkModel } from './inputs.js';

/** What `fit` is given, before any work: nothing that nobody reads, nothing of another kind. */
export function checkFitOptions(options: FitOptions): void {
  checkKeys<FitOptions>(
    'fit',
    options,
    {
      ...configKeys,
      model: true,
      data: true,
      valid: true,
      store: true,
      log: true,
      resume: true,
      checkpointEvery: true,
      signal: true,
      lossTerms: true,
      onStep: true,
      onEpoch: true,
      onValidation: true,
    },
    configHints,
  );
  checkModel('fit', options.model, true);
  checkLoader('fit', 'data', options.data);
  if (options.valid !== undefined) checkLoader('fit', 'valid', options.valid);
  if (options.resume && !options.store) {
    throw new Error('fit: resume needs the store that holds the run; give store');
  }
  const { lossTerms = [], checkpointEvery, signal } = options;
  if (!Array.isArray(lossTerms)) {
    throw new Error(
      `fit: lossTerms must be an array of loss terms, got ${describeValue(lossTerms)}; put it in [ ]`,
    );
  }
  for (const term of lossTerms as readonly unknown[]) {
    if (typeof term !== 'function') {
      throw new Error(
        `fit: a loss term must be a function of the step's context, got ${describeValue(term)}`,
      );
    }
  }
  type Every = NonNullable<FitOptions['checkpointEvery']>;
  checkKeys<Every>('fit: checkpointEvery', checkpointEvery, { steps: true, seconds: true });
  for (const [key, value] of Object.entries(checkpointEvery ?? {})) {
    if (value === undefined || (typeof value === 'number' && value > 0)) continue;
    throw new Error(`fit: checkpointEvery: ${key} must be a positive number, got ${describeValue(value)}`);
  }
  if (signal !== undefined && typeof signal.aborted !== 'boolean') {
    throw new Error(
      `fit: signal must be an AbortSignal, got ${describeValue(signal)}; of an AbortController, give controller.signal`,
    );
  }
  checkFunctions('store', options.store, ['write', 'read'], 'memoryStore() or run.store');
  checkFunctions('log', options.log, ['append', 'flush', 'rewind'], 'memoryLog() or run.log');
  for (const key of ['onStep', 'onEpoch', 'onValidation'] as const) {
    const value: unknown = options[key];
    if (value === undefined || typeof value === 'function') continue;
    throw new Error(`fit: ${key} must be a function, got ${describeValue(value)}`);
  }
}

function checkFunctions(key: string, value: unknown, names: readonly string[], example: string): void {
  if (value === undefined) return;
  const missing = names.find(
    (name) => typeof (value as Record<string, unknown> | null)?.[name] !== 'function',
  );
  if (missing === undefined) return;
  throw new Error(`fit: ${key} has no function '${missing}'; give ${example}, got ${describeValue(value)}`);
}
