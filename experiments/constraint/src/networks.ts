import { existsSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { createProgress } from '@pcam/cli';
import { pseudoMasked } from '@pcam/evaluation';
import type { Model } from '@pcam/models';
import { loadModel, saveModel } from '@pcam/models/node';
import { gradCam } from '@pcam/xai';
import { averaged } from './maps.js';
import type { ExperimentOptions } from './options.js';
import { CONSTRAINTS, classifier, knownTo, type Training } from './settings.js';
import { type Trained, type TrainSetup, trainClassifier } from './train.js';

/** One cell of a table. */
export interface NetworkCell {
  readonly training: Training;
  /** 0 for the unconstrained network. */
  readonly lambda: number;
  readonly seed: number;
}

/** One seed after another, so that a first look comes early. */
export function networkCells({ seeds, trainings, lambdas }: ExperimentOptions): NetworkCell[] {
  return seeds.flatMap((seed) =>
    trainings.flatMap((training) =>
      (training === 'none' ? [0] : lambdas).map((lambda) => ({ training, lambda, seed })),
    ),
  );
}

interface NetworkPlan extends Pick<NetworkCell, 'training' | 'lambda'> {
  readonly setup: TrainSetup;
  /** The unconstrained network is kept under it, since another may learn from its maps. */
  readonly name: string;
}

/** Trains one classifier, as its constraint asks. */
export async function trainNetwork(
  { training, lambda, setup, name }: NetworkPlan,
  options: ExperimentOptions,
): Promise<Trained<Model>> {
  if (training === 'none') return unconstrained(setup, name, options);
  const constraint = { ...CONSTRAINTS[training], ...knownTo(training, options) };
  const data = training === 'pseudoMasks' ? await withPseudoMasks(setup, name, options) : setup;
  return trainClassifier(data, classifier(options.network), constraint, lambda);
}

async function unconstrained(
  setup: TrainSetup,
  name: string,
  { network, out }: ExperimentOptions,
): Promise<Trained<Model>> {
  const trained = await trainClassifier(setup, classifier(network), undefined, 0);
  mkdirSync(join(out, 'networks'), { recursive: true });
  await saveModel(trained.model, pathOf(name, setup.seed, out));
  return trained;
}

/** The setup's patches with masks that the unconstrained network of the same seed draws. */
async function withPseudoMasks(
  setup: TrainSetup,
  name: string,
  options: ExperimentOptions,
): Promise<TrainSetup> {
  const path = pathOf(name, setup.seed, options.out);
  const teacher = existsSync(path)
    ? await loadModel(path)
    : (await unconstrained(setup, name, options)).model;
  const { train, valid } = setup;
  const progress = createProgress({
    label: 'pseudo-masks',
    total: train.length + valid.length,
    unit: 'patches',
  });
  const { dataset } = await pseudoMasked({
    train,
    valid,
    attribute: averaged((images) => gradCam(teacher, images)),
    tumorFree: options.region === 'tumorFree',
    onProgress: (done) => progress.update(done),
  });
  progress.end();
  teacher.dispose();
  return { ...setup, train: dataset };
}

function pathOf(name: string, seed: number, out: string): string {
  return join(out, 'networks', `${name}, seed ${seed}.safetensors`.replaceAll(/[^\w.,-]+/g, '-'));
}
