import { describeError, UsageError } from '@pcam/cli';
import { type Attribution, chooseMapThreshold, labelThreshold, mapHistogram } from '@pcam/xai';
import { eachMapped } from '../attribution/stream.js';
import { describeRule, needsMasks, type Rule } from './rule.js';
import type { ThresholdSource } from './validation.js';

/** Where a model's maps are cut. */
export interface Thresholds {
  /** Chosen without any mask. */
  readonly plain: number;
  readonly plainSource: string;
  /** Chosen on the masks of a validation split, where there are such. */
  readonly maskSelected?: number;
  readonly maskSelectedSource?: string;
}

/**
 * Both thresholds from one pass over the source's maps. A rule that needs masks leaves the plain
 * threshold to Otsu's, so that plain numbers never owe anything to masks.
 */
export async function chooseThresholds(
  rule: Rule,
  source: ThresholdSource,
  attribute: Attribution,
  batchSize: number,
): Promise<Thresholds> {
  const { dataset, apart } = source;
  const masked = apart && dataset.hasMasks;
  const plainRule: Rule = needsMasks(rule) ? { method: 'otsu' } : rule;
  const given = typeof plainRule === 'number';
  if (given && !masked) return { plain: plainRule, plainSource: describeRule(plainRule) };
  const histogram = mapHistogram();
  const labelled = labelThreshold({ size: [dataset.height, dataset.width] });
  await eachMapped(dataset, attribute, { batchSize, label: 'threshold' }, ({ values, masks, index }) => {
    histogram.update(values, masked ? masks : undefined);
    if (!given && plainRule.method === 'labels') {
      labelled.update(
        values,
        index.map((i) => dataset.labels[i]!),
      );
    }
  });
  const where = apart
    ? `on ${dataset.length} patches of ${dataset.name}`
    : 'on the pixels of the patches evaluated';
  const choose = (chosen: Exclude<Rule, number>): number => {
    try {
      return chosen.method === 'labels' ? labelled.threshold() : chooseMapThreshold(histogram, chosen);
    } catch (error) {
      throw new UsageError(`--mask-threshold ${chosen.method} ${where}: ${describeError(error)}`);
    }
  };
  const plain = given
    ? { plain: plainRule, plainSource: describeRule(plainRule) }
    : { plain: choose(plainRule), plainSource: `${describeRule(plainRule)} ${where}, without masks` };
  if (!masked || !histogram.levels().tumour.some((count) => count > 0)) return plain;
  return {
    ...plain,
    maskSelected: choose({ method: 'best-f1' }),
    maskSelectedSource: `the best F1 ${where}, by their masks`,
  };
}
