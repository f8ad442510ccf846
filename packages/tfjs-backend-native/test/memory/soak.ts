import { writeFileSync } from 'node:fs';
import '@tensorflow/tfjs-backend-cpu';
import * as tf from '@tensorflow/tfjs-core';
import '@tensorflow/tfjs-core/dist/register_all_gradients.js';
import type { Main } from '../support/bundle.js';
import { tinyTraining } from './tiny-training.js';

/** What is held at one moment, with nothing left to collect. */
export interface Sample {
  step: number;
  loss: number;
  resident: number;
  numTensors: number;
  numBytes: number;
  numDataBuffers: number;
  /** Buffers by the backend's own count, which sees those that tfjs-core never heard of. */
  numDataIds: number;
}

const WARM_UP = 200;
const EVERY = 50;

/** Trains a tiny net and samples memory; arguments after the backend's name: steps. */
export const main: Main = async (register, [output, backend, steps]) => {
  register();
  await tf.setBackend(backend);
  await tf.ready();
  const train = tinyTraining();
  const samples: Sample[] = [];
  for (let step = 0; step <= Number(steps); step++) {
    const loss = train(step);
    if (step === 0 || (step >= WARM_UP && step % EVERY === 0)) {
      samples.push(await sample(step, loss));
    }
  }
  writeFileSync(output, JSON.stringify(samples));
};

async function sample(step: number, loss: number): Promise<Sample> {
  // Finalizers of native memory run in a turn of their own, after the collection that found it unused.
  for (let round = 0; round < 3; round++) {
    globalThis.gc!();
    await new Promise((resolve) => setImmediate(resolve));
  }
  const { numTensors, numBytes, numDataBuffers } = tf.memory();
  const numDataIds = tf.engine().backend.numDataIds();
  return {
    step,
    loss,
    resident: process.memoryUsage().rss,
    numTensors,
    numBytes,
    numDataBuffers,
    numDataIds,
  };
}
