import { comparisons } from './comparison.js';
import { gapTable } from './gap.js';
import type { Setup } from './setups.js';
import { costTable, maskTable, scoreTable } from './table.js';

/**
 * The Markdown of one setup.
 *
 * @param prevalence share of the test split's pixels that are tumour. @param curve file of the trade-off curve.
 */
export function setupReport({ name, results }: Setup, prevalence: number, curve: string): string {
  const sections = [
    `## ${name}`,
    '### Maps as they are',
    'AUROC of the label on the test split, and average precision over all its pixels (PxAP) of each map at inference. Mean over seeds [mean of the seeds’ 95 % bootstrap bounds, whole patches drawn], below it the lowest and the highest seed. In bold the best of each column among networks that saw no mask.',
    scoreTable(results, prevalence),
    '### The gap to full supervision',
    'Share of the way from the unconstrained network’s PxAP to that of the U-Net, which saw every mask: 0 % gains nothing, 100 % is as good as masks. Each seed is compared with the unconstrained network and the U-Net of the same seed; mean (lowest to highest seed).',
    gapTable(results),
    `![Trade-off of AUROC and PxAP](${curve})`,
    '### Masks, without having seen any',
    'Cut from the averaged Grad-CAM (the U-Net: from its output) at one threshold for all patches: Otsu’s, of the validation split’s maps.',
    maskTable(results, 'otsu', prevalence),
    '### Masks, cut by labels',
    'The same maps, cut where a quarter of a patch’s centre being above tells the validation split’s labels best: no mask takes part here either.',
    maskTable(results, 'labels', prevalence),
    '### Masks, cut where the validation split’s masks say',
    'The same maps, cut where F1 is best on the validation split’s masks: more than a weakly supervised method may know.',
    maskTable(results, 'bestF1', prevalence),
    '### Cost',
    'Seconds of an epoch over those of the unconstrained network of the same seed: median (lowest to highest seed).',
    costTable(results),
  ];
  return sections.join('\n\n');
}

/** @param setups their Markdown. @param all what is compared across setups. */
export function syntheticReport(setups: readonly string[], all: readonly Setup[]): string {
  const compared = comparisons(all).flatMap(({ data, table }) => [
    `## All classifiers: ${data}`,
    'Mean (lowest to highest seed). ΔAUROC and gap: against the unconstrained network of the same kind and seed; the gap is the share of the way from its plain Grad-CAM to the U-Net.',
    table,
  ]);
  return `${['# The attribution constraint on synthetic patches', ...compared, ...setups].join('\n\n')}\n`;
}
