import { CENTRE, type Dataset } from '@pcam/pcam-data';
import { type Attribution, chooseMapThreshold, labelThreshold, mapHistogram } from '@pcam/xai';
import { EvaluationError } from './errors.js';
import { type MappingOptions, mappedBatches } from './mapped-batches.js';
import { describeRule, needsMasks, type Rule } from './rule.js';

/** Whose pixels a cut is chosen on. */
export interface ThresholdSource {
  readonly dataset: Dataset;
  /** Whether it is another split than the one evaluated; if not, it chooses without masks only. */
  readonly apart: boolean;
}

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
 *
 * @throws EvaluationError `threshold` where the rule finds no cut; as {@link mappedBatches}.
 */
export async function chooseThresholds(
  rule: Rule,
  { dataset, apart }: ThresholdSource,
  attribute: Attribution,
  options: MappingOptions = {},
): Promise<Thresholds> {
  const masked = apart && dataset.hasMasks;
  const plainRule: Rule = needsMasks(rule) ? { method: 'otsu' } : rule;
  const given = typeof plainRule === 'number';
  if (given && !masked) return { plain: plainRule, plainSource: describeRule(plainRule) };
  const histogram = mapHistogram();
  const labelled = labelThreshold({ size: [dataset.height, dataset.width], centre: CENTRE });
  for await (const { values, masks, labels } of mappedBatches(dataset, attribute, options)) {
    histogram.update(values, masked ? masks : undefined);
    if (!given && plainRule.method === 'labels') labelled.update(values, labels);
  }
  const where = apart
    ? `on ${dataset.length} patches of ${dataset.name}`
    : 'on the pixels of the patches evaluated';
  const choose = (chosen: Exclude<Rule, number>): number => {
    try {
      return chosen.method === 'labels' ? labelled.threshold() : chooseMapThreshold(histogram, chosen);
    } catch (cause) {
      throw new EvaluationError('threshold', `${chosen.method} ${where}: ${(cause as Error).message}`, {
        cause,
      });
    }
  };
  const plain = given
    ? { plain: plainRule, plainSource: describeRule(plainRule) }
    : { plain: choose(plainRule), plainSource: `${describeRule(plainRule)} ${where}, without masks` };
  if (!masked || !histogram.levels().tumour.some((count) => count > 0)) return plain;
  return {
    ...plain,
    maskSelected: choose({ method: 'bestF1' }),
    maskSelectedSource: `the best F1 ${where}, by their masks`,
  };
}
