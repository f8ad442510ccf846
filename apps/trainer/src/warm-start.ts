import { existsSync, readFileSync, statSync } from 'node:fs';
import { describeError, UsageError } from '@pcam/cli';
import { type Model, readWeights, writeWeights } from '@pcam/models';
import { modelFromCheckpoint } from '@pcam/training';
import { openRun, RunFolderError } from '@pcam/training/node';

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
  const source = await findModel(from);
  try {
    const differing = differingShapes(source.model, model);
    if (differing.length > 0) {
      const more = differing.length > MOST ? `, and ${differing.length - MOST} more` : '';
      throw new UsageError(
        `--init-from ${from}: its weights are of another model: ${differing.slice(0, MOST).join(', ')}${more}; ` +
          'leave out the --model flags to take its model',
      );
    }
    writeWeights(model, await readWeights(source.model));
    return source.path;
  } finally {
    source.model.dispose();
  }
}

async function findModel(from: string): Promise<{ readonly model: Model; readonly path: string }> {
  if (!existsSync(from)) throw new UsageError(`--init-from ${from} does not exist`);
  try {
    if (!statSync(from).isFile()) return await openRun(from).model();
    return { model: modelFromCheckpoint(new Uint8Array(readFileSync(from))), path: from };
  } catch (error) {
    if (error instanceof RunFolderError && error.code !== 'broken') {
      throw error.code === 'unfinished' ? new UsageError(`--init-from ${error.message}`) : error;
    }
    throw new UsageError(`--init-from: no model can be loaded from ${from}: ${describeError(error)}`);
  }
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
