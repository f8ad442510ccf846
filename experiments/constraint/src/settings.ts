import type { AttributionConstraintOptions, ConstrainedAttribution } from '@pcam/xai';

/** What is held fixed: data, network, schedule. */
export interface Setup {
  /** Height and width of synthetic patches. */
  readonly size: number;
  readonly train: number;
  readonly valid: number;
  readonly test: number;
  readonly epochs: number;
}

/** The attribution that training constrains. */
export type Training =
  | 'none'
  | 'gradient'
  | 'gradientTimesInput'
  | 'integratedGradients'
  | 'expectedGradients'
  | 'gradCam'
  | 'combination';

export const TRAININGS: readonly Training[] = [
  'none',
  'gradient',
  'gradientTimesInput',
  'integratedGradients',
  'expectedGradients',
  'gradCam',
  'combination',
];

/** One network to train. */
export interface Cell {
  readonly training: Training;
  readonly lambda: number;
  readonly seed: number;
}

/** The same network throughout, constrained or not. */
export const MODEL = { name: 'cnn', preset: 'cnn-local' } as const;
