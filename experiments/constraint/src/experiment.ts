import { createProgress } from '@pcam/cli';
import { type Alignment, alignmentOf } from './alignment.js';
import type { Data } from './data.js';
import { type Cell, cellsOf, checkUnchanged, keyOf, type NetworkOptions, networkOf } from './networks.js';
import { openResults, type Results } from './results.js';
import {
  classificationScore,
  type Scored,
  type SetRecord,
  type SetScores,
  setRecord,
  setScores,
} from './score.js';

/** What one network reached. */
export interface NetworkResult extends Cell {
  /** Of the patches that it was trained on, by name. */
  readonly data: string;
  readonly epochs: number;
  /** Null where it is not known. */
  readonly secondsPerEpoch: number | null;
  /** Of the label; a U-Net has none. */
  readonly auroc: { readonly valid: Scored; readonly test: Scored } | null;
  /** On the test split; null of a U-Net. */
  readonly alignment?: Alignment | null;
  /** By masked set. */
  readonly masked: Readonly<Record<string, SetScores>>;
}

/** Trains and measures every network that has no result yet. */
export async function experiment(
  data: Data,
  options: NetworkOptions & { readonly settings: readonly string[]; readonly seeds: readonly number[] },
  say: (line: string) => void,
): Promise<Results<NetworkResult>> {
  const { out, epochs } = options;
  checkUnchanged(cellsOf(options), data.name, options);
  const results = openResults<NetworkResult>(out, 'networks');
  const plan = cellsOf(options)
    .map((cell) => ({ ...cell, key: keyOf(cell, data.name, epochs) }))
    .filter(({ key }) => !results.get(key));
  if (plan.length === 0) return results;
  await recordSets(data, out);
  const progress = createProgress({ label: 'networks', total: plan.length, unit: 'networks' });
  for (const [done, { key, ...cell }] of plan.entries()) {
    options.signal?.throwIfAborted();
    const network = await networkOf(cell, data, options);
    const auroc =
      network.kind === 'unet'
        ? null
        : {
            valid: await classificationScore(network.model, data.valid),
            test: await classificationScore(network.model, data.test),
          };
    const masked: Record<string, SetScores> = {};
    for (const set of data.masked) masked[set.name] = await setScores(network, set, data.valid);
    const alignment = await alignmentOf(network, data.test);
    const { secondsPerEpoch } = network;
    results.add(key, { ...cell, data: data.name, epochs, secondsPerEpoch, auroc, alignment, masked });
    network.model.dispose();
    progress.update(done + 1, key);
  }
  progress.end(`${plan.length} networks`);
  say(`results: ${out}/networks.jsonl`);
  return results;
}

/** Of a masked set, measured after training on some data. */
export function setKey(data: string, set: string): string {
  return `${set}, beside ${data}`;
}

/** @throws Error where a set of that name was another one before: its patches would not pair. */
async function recordSets({ name, masked }: Data, out: string): Promise<void> {
  const known = openResults<SetRecord>(out, 'sets');
  for (const set of masked) {
    const key = setKey(name, set.name);
    const [before, now] = [known.get(key), await setRecord(set)];
    if (!before) known.add(key, now);
    else if (JSON.stringify(before) !== JSON.stringify(now)) {
      throw new Error(
        `${out}/sets.jsonl: masked set "${set.name}" was another one before; give it another name, or results another folder`,
      );
    }
  }
}
