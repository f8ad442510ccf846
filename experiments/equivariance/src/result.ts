import { type BinaryEvaluation, evaluateBinary, type Interval, type StatisticName } from '@pcam/metrics';
import type { Dataset } from '@pcam/pcam-data';
import type { Calibration } from '@pcam/training';
import type { Cell } from './networks.js';

/** What is measured on the test split, in the order of tables. */
export const MEASURES = ['auroc', 'accuracy', 'logLoss', 'ece'] as const satisfies readonly StatisticName[];

type Measure = (typeof MEASURES)[number];

interface Scored {
  readonly value: number;
  /** 95 % bootstrap over slides, where they are known, else over patches. */
  readonly ci95: Interval | null;
}

/** What the network said of the test split: enough for every measure, and for comparisons on the same patches. */
export interface TestPredictions {
  /** `[n]`, a digit 0 or 1 a patch. */
  readonly labels: string;
  /** `[n]`, to four decimals. */
  readonly logits: readonly number[];
  /** The number of each patch's slide, `[n]`, where it is known. */
  readonly slides?: readonly number[];
}

/** One trained network; a line of the results. */
export interface CurveResult extends Cell {
  /** Training patches of the share. */
  readonly patches: number;
  readonly steps: number;
  /** At which the weights were best on the validation split. */
  readonly bestStep: number;
  readonly parameters: number;
  /** Both chosen on the validation split: what logits are divided by, and where probabilities are cut. */
  readonly temperature: number;
  readonly threshold: number;
  readonly measures: Readonly<Record<Measure, Scored>>;
  readonly speed: Speed;
  readonly test: TestPredictions;
}

/** Where it was trained, and how fast. */
export interface Speed {
  readonly engine: string;
  readonly device: string;
  readonly threads: number;
  readonly cpu: string;
  /** Of the clock, the median of all steps; hangs on what else the machine does. */
  readonly trainImagesPerSecond: number;
  /** Of the clock, on the test split. */
  readonly testImagesPerSecond: number;
  /** The same for a second's work of one core; null where nothing was left to train after a break. */
  readonly trainImagesPerCoreSecond: number | null;
  readonly testImagesPerCoreSecond: number;
}

const RESAMPLES = 1000;

/** @param logits `[n]`, in the data set's order. */
export function testPredictions(logits: ArrayLike<number>, { labels, slides }: Dataset): TestPredictions {
  const names = slides && [...new Set(slides)];
  return {
    labels: [...labels].join(''),
    logits: Array.from(logits, (logit) => Math.round(1e4 * logit) / 1e4),
    ...(slides && names && { slides: slides.map((slide) => names.indexOf(slide)) }),
  };
}

export function measuresOf(
  test: TestPredictions,
  { temperature, threshold }: Pick<Calibration, 'temperature' | 'threshold'>,
): CurveResult['measures'] {
  const evaluation: BinaryEvaluation = evaluateBinary({
    logits: test.logits,
    labels: labelsOf(test),
    temperature,
    threshold,
    bootstrap: { resamples: RESAMPLES, ...(test.slides && { groups: test.slides }) },
  });
  const scored = (name: Measure): Scored => {
    const value = evaluation[name];
    if (value === null) throw new Error(`the test split holds one class only: it has no ${name}`);
    return { value, ci95: evaluation[`${name}Ci95`] };
  };
  return Object.fromEntries(MEASURES.map((name) => [name, scored(name)])) as CurveResult['measures'];
}

export function labelsOf({ labels }: TestPredictions): number[] {
  return [...labels].map(Number);
}
