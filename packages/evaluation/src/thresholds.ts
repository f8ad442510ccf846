import { CENTRE, type Dataset } from '@pcam/pcam-data';
import {
  type Attribution,
  chooseMapThreshold,
  labelThreshold,
  type MapThresholdOptions,
  mapHistogram,
} from '@pcam/xai';
import { EvaluationError } from './errors.js';
import { type MappingOptions, mappedBatches } from './mapped-batches.js';

/** How maps are cut: at a number given, or by a rule on the labels or the pixels of a data set. */
export type ThresholdRule = number | { readonly method: 'labels' } | MapThresholdOptions;

/** The rules that choose a threshold, by name. */
export type ThresholdMethod = Exclude<ThresholdRule, number>['method'];

/** What people should know of a rule. */
export interface ThresholdRuleTraits {
  /** What it chooses, after `which`. */
  readonly about: string;
  /** What it chooses by, besides the maps; a data set to choose on must have it, and not be the one evaluated. */
  readonly needs?: 'labels' | 'masks';
}

/** Every rule by name, in the order in which they are listed for people. */
export const thresholdRules: Readonly<Record<ThresholdMethod, ThresholdRuleTraits>> = {
  otsu: { about: 'parts its map values into two groups' },
  labels: {
    about: 'agrees best with its labels (a patch is tumour where at least a quarter of its centre is)',
    needs: 'labels',
  },
  quantile: { about: 'leaves a share Q of its pixels below' },
  bestF1: { about: 'agrees best with its masks', needs: 'masks' },
};

/** Whether a rule chooses by masks. */
export function needsMasks(rule: ThresholdRule): boolean {
  return typeof rule !== 'number' && thresholdRules[rule.method].needs === 'masks';
}

/** Whether a rule chooses by labels. */
export function needsLabels(rule: ThresholdRule): boolean {
  return typeof rule !== 'number' && thresholdRules[rule.method].needs === 'labels';
}

/** Where a threshold comes from, for people. */
export function describeRule(rule: ThresholdRule): string {
  if (typeof rule === 'number') return 'given by hand';
  switch (rule.method) {
    case 'labels':
      return 'the best agreement with the labels';
    case 'otsu':
      return "Otsu's rule";
    case 'quantile':
      return `the ${rule.quantile} quantile`;
    case 'bestF1':
      return 'the best F1';
  }
}

/**
 * One threshold for all maps of a model, by each rule of a name, from one pass over the maps of a data set.
 *
 * @throws EvaluationError `threshold` where a rule finds none; as {@link mappedBatches}.
 */
export async function chooseThresholds<Name extends string>(
  dataset: Dataset,
  attribute: Attribution,
  rules: Readonly<Record<Name, ThresholdRule>>,
  options: MappingOptions = {},
): Promise<Record<Name, number>> {
  const given = Object.values<ThresholdRule>(rules);
  const { choose } = given.every((rule) => typeof rule === 'number')
    ? numbersOnly
    : await survey(dataset, attribute, given, options);
  return Object.fromEntries(
    Object.entries<ThresholdRule>(rules).map(([name, rule]) => [
      name,
      choose(rule, `on ${dataset.length} patches of ${dataset.name}`),
    ]),
  ) as Record<Name, number>;
}

/** Whose pixels thresholds are chosen on. */
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
 * Both thresholds of an evaluation from one pass over the source's maps. A rule that needs masks leaves the plain
 * threshold to Otsu's, so that plain numbers never owe anything to masks.
 *
 * @throws EvaluationError as {@link chooseThresholds}.
 */
export async function evaluationThresholds(
  rule: ThresholdRule,
  { dataset, apart }: ThresholdSource,
  attribute: Attribution,
  options: MappingOptions = {},
): Promise<Thresholds> {
  const masked = apart && dataset.hasMasks;
  const plainRule: ThresholdRule = needsMasks(rule) ? { method: 'otsu' } : rule;
  const given = typeof plainRule === 'number';
  if (given && !masked) return { plain: plainRule, plainSource: describeRule(plainRule) };
  const rules: ThresholdRule[] = [plainRule, ...(masked ? [BY_MASKS] : [])];
  const { choose, tumourInMasks } = await survey(dataset, attribute, rules, options);
  const where = apart
    ? `on ${dataset.length} patches of ${dataset.name}`
    : 'on the pixels of the patches evaluated';
  const plain = {
    plain: choose(plainRule, where),
    plainSource: `${describeRule(plainRule)}${given ? '' : ` ${where}, without masks`}`,
  };
  if (!masked || !tumourInMasks()) return plain;
  const maskSelected = choose(BY_MASKS, where);
  return { ...plain, maskSelected, maskSelectedSource: `${describeRule(BY_MASKS)} ${where}, by their masks` };
}

const BY_MASKS: ThresholdRule = { method: 'bestF1' };

interface Survey {
  /** @param where for the error. */
  choose(rule: ThresholdRule, where: string): number;
  tumourInMasks(): boolean;
}

const numbersOnly: Pick<Survey, 'choose'> = { choose: (rule) => rule as number };

/** What the maps of a data set tell of thresholds, as far as these rules ask. */
async function survey(
  dataset: Dataset,
  attribute: Attribution,
  rules: readonly ThresholdRule[],
  options: MappingOptions,
): Promise<Survey> {
  const [byMasks, byLabels] = [rules.some(needsMasks), rules.some(needsLabels)];
  const histogram = mapHistogram();
  const labelled = labelThreshold({ size: [dataset.height, dataset.width], centre: CENTRE });
  for await (const { values, masks, labels } of mappedBatches(dataset, attribute, options)) {
    histogram.update(values, byMasks ? masks : undefined);
    if (byLabels) labelled.update(values, labels);
  }
  return {
    choose(rule, where) {
      if (typeof rule === 'number') return rule;
      try {
        return rule.method === 'labels' ? labelled.threshold() : chooseMapThreshold(histogram, rule);
      } catch (cause) {
        const { message } = cause as Error;
        throw new EvaluationError('threshold', `${rule.method} ${where}: ${message}`, { cause });
      }
    },
    tumourInMasks: () => histogram.levels().tumour.some((count) => count > 0),
  };
}
