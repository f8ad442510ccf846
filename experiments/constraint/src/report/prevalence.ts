import { syntheticSplits } from '../data.js';
import { openResults } from '../results.js';

/**
 * Share of the test split's pixels that are tumour: the average precision of a map that is the same everywhere.
 * Painted once, then kept beside the results.
 *
 * @param setup of the networks, as their keys tell it.
 * @throws Error where the setup does not tell the patches.
 */
export async function testPrevalence(folder: string, setup: string): Promise<number> {
  const told = /(\d+) px, \d+\/\d+\/(\d+) patches/.exec(setup);
  if (!told) {
    throw new Error(`${folder}: "${setup}" names no "SIZE px, TRAIN/VALID/TEST patches"; train these anew`);
  }
  const [size, n] = [Number(told[1]), Number(told[2])];
  const kept = openResults<number>(folder, 'prevalence');
  const key = `${size} px, ${n} test patches`;
  const known = kept.get(key);
  if (known !== undefined) return known;
  const { test } = await syntheticSplits({ size, train: 1, valid: 1, test: n });
  const { masks } = await test.read([...test.labels.keys()]);
  const share = masks!.reduce((sum, value) => sum + value, 0) / masks!.length;
  kept.add(key, share);
  return share;
}
