import { openRun } from '@pcam/training/node';

/** With `--resume`, the options that the run in `--out` was started with need not be said again. */
export function optionsOfRun(
  given: Readonly<Record<string, unknown>>,
): Readonly<Record<string, unknown>> | undefined {
  if (given.resume !== true || typeof given.out !== 'string') return undefined;
  const run = openRun(given.out);
  run.close();
  return run.config.options as Readonly<Record<string, unknown>> | undefined;
}
