import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { markdownTable } from '@pcam/experiment-constraint/markdown';
import { openResults } from '@pcam/experiment-constraint/results';
import { countParameters } from '@pcam/models';
import { takeEvenly } from '@pcam/pcam-data';
import { fit, predict } from '@pcam/training';
import type { Splits } from './data.js';
import { plannedCells } from './experiment.js';
import { coreSeconds, stepMeter } from './meter.js';
import { type Cell, type NetworkName, networkNames } from './networks.js';
import type { ExperimentOptions } from './options.js';
import type { CurveResult } from './result.js';
import { type Plan, planOf } from './rounds.js';
import { plainLoader, trainingOf } from './train.js';

/** Core seconds. */
interface Cost {
  readonly parameters: number;
  readonly step: number;
  /** Of a patch, forward alone. */
  readonly patch: number;
}

/** Of one training: its steps, a look at the validation split after each round and at the end, and the test split. */
function trainingCost({ step, patch }: Cost, plan: Plan, valid: number, test: number): number {
  const { rounds, stepsPerRound } = plan;
  return rounds * stepsPerRound * step + ((rounds + 1) * valid + test) * patch;
}

/** Takes a few steps of each network, of which the first does not count. */
async function measureCost(
  network: NetworkName,
  { train, valid }: Splits,
  options: ExperimentOptions,
): Promise<Cost> {
  const { model, ...training } = trainingOf(
    { network, seed: 0 },
    train,
    { rounds: 1, stepsPerRound: 4 },
    options,
  );
  try {
    const meter = stepMeter();
    await fit({ ...training, model, onStep: meter.onStep });
    const some = takeEvenly(valid, 2 * training.data.batchSize);
    await predict(model, plainLoader(some));
    const elapsed = coreSeconds();
    await predict(model, plainLoader(some));
    const parameters = countParameters(model);
    return { parameters, step: meter.secondsPerStep()!, patch: elapsed() / some.length };
  } finally {
    model.dispose();
  }
}

/** What is left to train, and the hours of one core that it takes, measured here and now; writes nothing. */
export async function budget(options: ExperimentOptions, splits: Splits): Promise<string> {
  const { out, part, steps, shares } = options;
  const finished = existsSync(join(out, `${part}.jsonl`))
    ? openResults<CurveResult>(out, part).all
    : new Map<string, CurveResult>();
  const cells = plannedCells(options, splits);
  const networks = networkNames.filter((name) => options.networks.includes(name));
  const rows = [];
  let [hours, hoursLeft] = [0, 0];
  for (const network of networks) {
    const cost = await measureCost(network, splits, options);
    const own = cells.filter((cell) => cell.network === network);
    const left = own.filter(({ key }) => !finished.has(key));
    const hoursOf = (of: readonly Cell[]): number =>
      of.reduce((sum, { share }) => {
        const { valid, test } = splits;
        return sum + trainingCost(cost, planOf(steps, share), valid.length, test.length) / 3600;
      }, 0);
    hours += hoursOf(own);
    hoursLeft += hoursOf(left);
    const texts = [
      cost.parameters.toLocaleString('en'),
      cost.step.toFixed(3),
      (1000 * cost.patch).toFixed(1),
      `${left.length} of ${own.length}`,
      hoursOf(left).toFixed(2),
    ];
    rows.push({ names: [network], cells: texts.map((value) => ({ value })) });
  }
  const plans = shares.map((share) => {
    const { rounds, stepsPerRound } = planOf(steps, share);
    return `${share} %: ${rounds} rounds of ${stepsPerRound} steps`;
  });
  const left = cells.filter(({ key }) => !finished.has(key)).length;
  return [
    markdownTable(HEADING, rows),
    plans.join('; '),
    `${left} of ${cells.length} networks left: ${hoursLeft.toFixed(1)} of ${hours.toFixed(1)} core-hours`,
  ].join('\n\n');
}

const HEADING: readonly string[] = [
  'network',
  'parameters',
  'a step, core-seconds',
  'a patch forward, core-milliseconds',
  'networks left',
  'core-hours left',
];
