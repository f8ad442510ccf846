import { openResults, type Results } from '@pcam/experiment-constraint/results';
import { createModel } from '@pcam/models';
import { checkPatches, TrainingDivergedError } from '@pcam/training';
import { type Surroundings, trainCell } from './cell.js';
import type { Splits } from './data.js';
import { type Cell, cellsOf, NETWORKS, type NetworkName } from './networks.js';
import type { ExperimentOptions } from './options.js';
import type { CurveResult } from './result.js';
import { setupName } from './train.js';

/** A network to train, and what its result is filed under. */
export interface PlannedCell extends Cell {
  readonly key: string;
}

export function plannedCells(options: ExperimentOptions, splits: Splits): PlannedCell[] {
  const setup = setupName(splits, options);
  return cellsOf(options).map((cell) => {
    const { network, share, seed } = cell;
    return { ...cell, key: `${network}, ${share} %, seed ${seed}, ${setup}` };
  });
}

/**
 * Trains and measures every network that has no result yet; each result is filed as soon as it is there. A network that
 * diverges is told of and passed over.
 *
 * @throws Error where the patches cannot go through one of the networks, before any is trained.
 */
export async function curveExperiment(
  surroundings: Surroundings,
  say: (line: string) => void,
): Promise<Results<CurveResult>> {
  const { options, splits, signal } = surroundings;
  for (const network of options.networks) checkNetwork(network, splits);
  const results = openResults<CurveResult>(options.out, options.part);
  const cells = plannedCells(options, splits);
  for (const [i, { key, ...cell }] of cells.entries()) {
    if (results.get(key)) continue;
    const place = `${i + 1}/${cells.length} ${key}`;
    const started = performance.now();
    try {
      const result = await trainCell(cell, key, surroundings);
      if (!result) break;
      results.add(key, result);
      const { auroc, accuracy } = result.measures;
      const scores = `AUROC ${auroc.value.toFixed(3)}, accuracy ${accuracy.value.toFixed(3)}`;
      say(`${place}: ${scores} in ${Math.round((performance.now() - started) / 1000)} s`);
    } catch (error) {
      if (!(error instanceof TrainingDivergedError)) throw error;
      say(`${place}: ${error.message}`);
    }
  }
  if (signal?.aborted) say('stopped; the same command goes on from here');
  return results;
}

function checkNetwork(network: NetworkName, { train, valid, test }: Splits): void {
  const model = createModel(NETWORKS[network].model);
  try {
    for (const patches of [train, valid, test]) checkPatches(model, patches);
  } finally {
    model.dispose();
  }
}
