import { existsSync, readFileSync, statSync } from 'node:fs';
import { describeError, UsageError } from '@pcam/cli';
import { type Model, readWeights, writeWeights } from '@pcam/models';
import { modelFromCheckpoint } from '@pcam/training';
import { openRun } from '@pcam/training/node';

/** Differences of weights that are named. */
const MOST = 3;

/**
 * Gives `model` the best weights of another run (the last ones where it never validated), or those of a
 * `.safetensors` file.
 *
 * @returns the file that they came from.
 * @throws UsageError where there are none or they cannot be read, or naming the tensors that the model has otherwise.
 */
export async function warmStart(model: Model, from: string): Promise<string> {
  const file = weightsOf(from);
  const source = readModel(file);
  try {
    const differing = differingShapes(source, model);
    if (differing.length > 0) {
      const more = differing.length > MOST ? `, and ${differing.length - MOST} more` : '';
      throw new UsageError(
        `--init-from ${from}: its weights are of another model: ${differing.slice(0, MOST).join(', ')}${more}; ` +
          'leave out the --model flags to take its model',
      );
    }
    writeWeights(model, await readWeights(source));
  } finally {
    source.dispose();
  }
  return file;
}

function readModel(file: string): Model {
  try {
    return modelFromCheckpoint(new Uint8Array(readFileSync(file)));
  } catch (error) {
    throw new UsageError(`--init-from: no model can be loaded from ${file}: ${describeError(error)}`);
  }
}

function weightsOf(from: string): string {
  if (!existsSync(from)) throw new UsageError(`--init-from ${from} does not exist`);
  if (statSync(from).isFile()) return from;
  const run = openRun(from);
  run.close();
  if (run.checkpointPath === undefined) {
    throw new UsageError(`--init-from ${from}: the run has no weights yet; let it end an epoch`);
  }
  return run.checkpointPath;
}

function differingShapes(there: Model, here: Model): string[] {
  const shape = (model: Model, name: string): string => {
    const variable = model.variables.get(name);
    return variable === undefined ? 'missing' : `[${variable.shape}]`;
  };
  return [...new Set([...there.variables.keys(), ...here.variables.keys()])]
    .map((name) => ({ name, x: shape(there, name), y: shape(here, name) }))
    .filter(({ x, y }) => x !== y)
    .map(({ name, x, y }) => `${name} is ${x} there, ${y} here`);
}
