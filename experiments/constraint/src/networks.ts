import { existsSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { createProgress, UsageError } from '@pcam/cli';
import { pseudoMasked } from '@pcam/evaluation';
import { makeFolder } from '@pcam/files';
import { loadModel, loadUnet, saveModel } from '@pcam/models/node';
import { folderStore } from '@pcam/training/node';
import type { Data, Splits } from './data.js';
import { mapsOf, type Network } from './maps.js';
import { digest, openingOf } from './opening.js';
import { openResults } from './results.js';
import { SETTINGS, unetOf } from './settings.js';
import { trainClassifier, trainUnet } from './train.js';

/** One network: a setting's, of a seed. */
export interface Cell {
  readonly setting: string;
  readonly seed: number;
}

/** Where networks are kept, and how long they are trained. */
export interface NetworkOptions {
  readonly out: string;
  readonly epochs: number;
  readonly signal?: AbortSignal | undefined;
}

/** One seed after another, so that a first look comes early. */
export function cellsOf(options: {
  readonly settings: readonly string[];
  readonly seeds: readonly number[];
}): Cell[] {
  return options.seeds.flatMap((seed) => options.settings.map((setting) => ({ setting, seed })));
}

/** Of a network in results, and of its file. @param data by name. */
export function keyOf({ setting, seed }: Cell, data: string, epochs: number): string {
  return `${setting}, seed ${seed}, ${data}, ${epochs} epochs`;
}

/** What is kept of a training beside its network. */
interface Trained {
  readonly secondsPerEpoch: number | null;
}

/** The setting as it was, so that results of another one by its name are told apart. */
type TrainedRecord = Trained & { readonly setting: unknown };

/** @throws Error where a network was trained by a setting that is another one by now. */
export function checkUnchanged(cells: readonly Cell[], data: string, { out, epochs }: NetworkOptions): void {
  const trained = openResults<TrainedRecord>(out, 'trained');
  for (const cell of cells) {
    const key = keyOf(cell, data, epochs);
    const before = trained.get(key)?.setting;
    if (before === undefined || JSON.stringify(before) === JSON.stringify(plainOf(cell.setting))) continue;
    throw new Error(
      `${out}: "${key}" was trained when its setting was another one; give the new one another name, or results another folder`,
    );
  }
}

/** In plain values, with its teacher's: all that decides what is learnt. */
function plainOf(name: string): unknown {
  const { about: _, against: __, teacher, ...setting } = SETTINGS[name]!;
  const whole = { ...setting, ...(teacher !== undefined && { teacher: plainOf(teacher) }) };
  const text = JSON.stringify(whole, (_key, value: unknown) =>
    typeof value === 'function' ? 'a function' : value,
  );
  return JSON.parse(text);
}

/**
 * A network from its file, or trained and saved there, after its teacher where it has one. What was begun goes on from
 * its last checkpoint.
 *
 * @throws UsageError where a U-Net is asked for and the data have no masks; the signal's reason, once it is aborted.
 */
export async function networkOf(cell: Cell, data: Data, options: NetworkOptions): Promise<Network & Trained> {
  const { out, epochs, signal } = options;
  const setting = SETTINGS[cell.setting]!;
  const key = keyOf(cell, data.name, epochs);
  const file = key.replaceAll(/[^\w.,-]+/g, '-');
  const path = join(out, 'networks', `${file}.safetensors`);
  checkUnchanged([cell], data.name, options);
  const trained = openResults<TrainedRecord>(out, 'trained');
  const isUnet = unetOf(setting) !== undefined;
  if (existsSync(path)) {
    const { secondsPerEpoch = null } = trained.get(key) ?? {};
    if (isUnet) return { kind: 'unet', model: await loadUnet(path), secondsPerEpoch };
    return { kind: 'classifier', model: await loadModel(path), secondsPerEpoch };
  }
  if (isUnet && !data.supervised) {
    throw new UsageError(
      `setting ${cell.setting} learns from masks, and ${data.name} has none; leave it out`,
    );
  }
  const told = isUnet ? data.supervised! : await taught(cell, data, options);
  const whole = plainOf(cell.setting);
  // By what it is too: what another setting of that name began is not gone on with.
  const running = join(out, 'running', `${file}-${digest(whole)}`);
  const opening = openingOf(setting, { seed: cell.seed, data: data.name, epochs, out });
  const opened = opening?.take(running) ?? false;
  const progress = createProgress({ label: key, total: epochs, unit: 'epochs' });
  const started = performance.now();
  let done = 0;
  const network = await (isUnet ? trainUnet : trainClassifier)(setting, told, {
    epochs,
    seed: cell.seed,
    store: folderStore(running),
    signal,
    onEpoch(epoch) {
      done++;
      if (epoch === opening?.epochs) opening.keep(running);
      progress.update(epoch);
    },
  });
  progress.end();
  // Of constrained epochs alone it would be another number.
  const known = done > 0 && !opened;
  const secondsPerEpoch = known ? round((performance.now() - started) / 1000 / done) : null;
  makeFolder(join(out, 'networks'));
  await saveModel(network.model, path);
  trained.add(key, { secondsPerEpoch, setting: whole });
  rmSync(running, { recursive: true, force: true });
  return { ...network, secondsPerEpoch };
}

/** What a network is told: labels, and where its setting has a teacher, the masks that this draws. */
async function taught({ setting, seed }: Cell, data: Data, options: NetworkOptions): Promise<Splits> {
  const { teacher } = SETTINGS[setting]!;
  if (teacher === undefined) return data;
  const network = await networkOf({ setting: teacher, seed }, data, options);
  const { train, valid } = data;
  const total = train.length + valid.length;
  const progress = createProgress({ label: 'pseudo-masks', total, unit: 'patches' });
  const { dataset } = await pseudoMasked({
    train,
    valid,
    attribute: mapsOf(network, 'averaged'),
    onProgress: (done) => progress.update(done),
  });
  progress.end();
  network.model.dispose();
  return { train: dataset, valid };
}

function round(seconds: number): number {
  return Math.round(10 * seconds) / 10;
}
