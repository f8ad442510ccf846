import { useEngine } from '@pcam/engine';
import { createLoader } from '@pcam/pcam-data';
import { fit } from '../../src/index.js';
import { abortOnInterrupt, createRun } from '../../src/node/index.js';
import { tinyData, tinyLoader, tinyModel } from './tiny.js';

// A trainer in a process of its own, to be killed: train-child.ts DIR [EPOCHS]
const [, , dir, epochs = '6'] = process.argv;
await useEngine('cpu');
const config = { model: 'tiny', epochs: Number(epochs) };
const run = createRun(dir!, { config, environment: { engine: 'cpu', seed: 0 }, resume: true });
const { signal } = abortOnInterrupt();
const result = await fit({
  model: tinyModel(),
  data: tinyLoader(tinyData(24)),
  valid: createLoader(tinyData(8, 2), { batchSize: 4 }),
  epochs: config.epochs,
  emaDecay: 0.9,
  checkpointEvery: { steps: 2 },
  store: run.store,
  log: run.log,
  resume: true,
  signal,
  onStep: ({ step }) => void process.stdout.write(`step ${step}\n`),
});
run.close();
process.stdout.write(`${result.stopped} ${result.step}\n`);
