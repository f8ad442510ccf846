import { describe, expect, it } from 'vitest';
import { files, snippets, under } from './helpers/readme.js';
import { runSource } from './helpers/run-source.js';

/** A canvas and an ImageData as a page has them, as far as the snippets use them. */
const PAGE = `
  import * as tf from '@tensorflow/tfjs';
  const drawn = [];
  const canvas = { getContext: () => ({ putImageData: (image) => drawn.push(image) }) };
  const legendCanvas = canvas;
  globalThis.ImageData = class {
    constructor(data, width, height) {
      if (data.length !== 4 * width * height) throw new Error('InvalidStateError');
      Object.assign(this, { data, width, height });
    }
  };
  await tf.setBackend('cpu');
  const before = tf.memory().numTensors;
  const images = tf.randomUniform([4, 32, 32, 3]);
  const maps = tf.randomNormal([4, 32, 32]);`;

/** A LayersModel of a page's author. */
const MODEL = `
  import * as tf from '@tensorflow/tfjs';
  export function loadModel() {
    return tf.sequential({
      layers: [
        tf.layers.conv2d({ inputShape: [32, 32, 3], filters: 2, kernelSize: 3, activation: 'relu' }),
        tf.layers.globalAveragePooling2d({ dataFormat: 'channelsLast' }),
        tf.layers.dense({ units: 1 }),
      ],
    });
  }`;

describe('the README', () => {
  const runnable = snippets('ts');

  it('has snippets', () => {
    expect(runnable).toHaveLength(7);
  });

  it.each(runnable.map((source, index) => [index + 1, source] as const))(
    'snippet %i prints what its comment says',
    async (_, source) => {
      const promised = [...source.matchAll(/console\.log\(.*\); \/\/ \[(.*)\]/g)].map((match) => match[1]!);
      const printed = await runSource(source);
      expect(promised.length).toBeGreaterThan(0);
      for (const shape of promised) expect(printed.replace(/\s+/g, ' ')).toContain(`[ ${shape} ]`);
    },
  );

  it('draws on a page, and leaves no tensor behind', async () => {
    const told = 'console.log(drawn.map((image) => image.width).join(), tf.memory().numTensors - before);';
    expect(await runSource([PAGE, under('On a page'), told].join('\n'), 'main.mjs')).toContain('32,192 0\n');
  });

  it('explains in a worker thread of Node', async () => {
    const { 'main.js': main, 'node-worker.js': worker, ...others } = files();
    // A thread does not take over that sources are run: it is told anew.
    const fromSource = `import { register } from 'tsx/esm/api'; register(); await import('./itself.js');`;
    const beside = { ...others, 'node-worker.js': fromSource, 'itself.js': worker!, 'model.js': MODEL };
    const printed = await runSource(main!, 'main.js', beside);
    expect(printed).toContain('4096\n');
  });

  it('tells a page whose worker does not load', async () => {
    const main = `
      globalThis.Worker = class { postMessage() { queueMicrotask(() => this.onerror({ message: 'gone' })); } };
      const { explained } = await import('./page.js');
      const tell = () => explained({ data: [], width: 0, height: 0 }).catch((error) => error.message);
      console.log(await tell(), await tell());`;
    expect(await runSource(main, 'main.js', files())).toContain('gone gone');
  });

  it('leaves no tensor behind in a worker, and gives its error', async () => {
    const main = `
      import * as tf from '@tensorflow/tfjs';
      import { explainImage } from './explain-image.js';
      const job = { pixels: new Uint8ClampedArray(32 * 32 * 4).fill(255), height: 32, width: 32 };
      await explainImage(job);
      const before = tf.memory().numTensors;
      await Promise.all([explainImage(job), explainImage(job)]);
      const error = await explainImage({ ...job, height: 31 }).catch((error) => error.message);
      console.log(tf.memory().numTensors - before, error);`;
    const printed = await runSource(main, 'main.js', { ...files(), 'model.js': MODEL });
    expect(printed).toMatch(/^0 .*31/m);
  });
});
