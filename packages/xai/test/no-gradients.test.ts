import { expect, it } from 'vitest';
import { runSource } from './helpers/run-source.js';

it('says what to do where tfjs-core stands alone, without gradients', async () => {
  const printed = await runSource(`
    import * as tf from '@tensorflow/tfjs-core';
    import { fromFunction, gradCam } from '@pcam/xai';
    try {
      gradCam(fromFunction({ features: (x) => x, head: (x) => tf.sum(x) }), {size: 1, shape: [1, 1, 1, 1], dtype: 'float32'} as any);
    } catch (error) {
      console.log(String(error));
    }
  `);
  expect(printed).toMatch(
    /no gradients registered: call useEngine\(\) from @pcam\/engine, or import '@tensorflow\/tfjs'/,
  );
});
