/** Prints, as JSON, the loss of a tiny network and its gradients on the engine given as argument. */
import * as tf from '@tensorflow/tfjs-core';
import { useEngine } from '../src/index.js';
import { NETS, parametersOf } from './nets.js';

await useEngine(process.argv[2] as 'cpu' | 'webgpu');
const { loss, shapes } = NETS.conv!;
const parameters = parametersOf(shapes);
const { value, grads } = tf.valueAndGrads(loss)(parameters);
const outputs = await Promise.all([value, ...grads].map(async (tensor) => Array.from(await tensor.data())));
console.log(JSON.stringify(outputs));
// Dawn's threads would keep the process.
process.exit(0);
