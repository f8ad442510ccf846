import type { SeededLoader } from '@pcam/pcam-data';

/** How long a network is trained: so many rounds, with a look at the validation split after each. */
export interface Plan {
  readonly rounds: number;
  readonly stepsPerRound: number;
}

/** Looks at the validation split: as many for a small share as for all patches. */
const ROUNDS = 20;

/**
 * Steps grow with the square root of the share. As many for all would pass over a tenth of the patches ten times as
 * often; as many passes would leave a tenth with a tenth of the steps, and merely under-trained.
 *
 * @param steps on all patches. @param share per cent.
 */
export function planOf(steps: number, share: number): Plan {
  const wanted = Math.max(1, steps * Math.sqrt(share / 100));
  const rounds = Math.min(ROUNDS, Math.round(wanted));
  return { rounds, stepsPerRound: Math.round(wanted / rounds) };
}

/**
 * A loader's batches, pass after pass, cut into rounds of one length: an epoch of what is returned is a round, which
 * may end within a pass and go over several.
 */
export function inRounds(loader: SeededLoader, batches: number): SeededLoader {
  const { batchesPerEpoch } = loader;
  return {
    ...loader,
    batchesPerEpoch: batches,
    async *epoch(round, from = 0) {
      let at = round * batches + from;
      const end = (round + 1) * batches;
      while (at < end) {
        for await (const batch of loader.epoch(Math.floor(at / batchesPerEpoch), at % batchesPerEpoch)) {
          yield batch;
          at++;
          if (at === end) break;
        }
      }
    },
  };
}
