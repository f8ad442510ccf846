import { readFile } from 'node:fs/promises';
import { createModel, decodeSafetensors, type Model, writeWeights } from '@pcam/models';
import { MODELS, type RowKey, type SETTINGS } from '../catalogue.js';
import type { Files } from '../protocol.js';
import { type Data, readData } from './data.js';
import { type PreparedRow, prepareRow } from './rows.js';

const warmups = 2;

/** The one row that is ready to be timed. */
export class Stage {
  #model: { readonly key: string; readonly model: Model } | undefined;
  #data: Data | undefined;
  #row: PreparedRow | undefined;

  async prepare(row: RowKey, files: Files, settings: typeof SETTINGS): Promise<void> {
    for (const old of [this.#row, this.#data?.images, this.#data?.labels]) old?.dispose();
    this.#row = undefined;
    const { tensors } = decodeSafetensors(await readFile(files.weights));
    const model = this.#modelOf(files);
    writeWeights(model, tensors);
    this.#data = await readData(files.data);
    this.#row = prepareRow(row, files.model, model, this.#data, settings);
    await this.steps(warmups);
  }

  /** Milliseconds of each. */
  async steps(count: number): Promise<number[]> {
    if (!this.#row) throw new Error('no row is prepared');
    const milliseconds: number[] = [];
    for (let i = 0; i < count; i++) {
      const start = performance.now();
      await this.#row.step();
      milliseconds.push(performance.now() - start);
    }
    return milliseconds;
  }

  /** A model is made once for all its rows: drawing millions of starting weights takes seconds. */
  #modelOf({ model: key }: Files): Model {
    if (this.#model?.key === key) return this.#model.model;
    this.#model?.model.dispose();
    this.#model = { key, model: createModel(MODELS[key]) };
    return this.#model.model;
  }
}
