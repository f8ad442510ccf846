import type { NamedTensorMap } from '@tensorflow/tfjs-core';
import { initialPlateau, type PlateauState } from './plateau.js';
import type { EpochRecord, ValidationScores } from './records.js';

/** The best validated weights so far. */
export interface Best {
  readonly step: number;
  /** From 1. */
  readonly epoch: number;
  readonly scores: ValidationScores;
}

/**
 * Everything but tensors that a run needs to go on as if it had never stopped. Plain values;
 * JSON keeps every digit. Random numbers are functions of (seed, step) and (seed, epoch,
 * batch), so these places are the whole state of the generator.
 */
export interface TrainingState {
  /** Optimizer steps done. */
  step: number;
  /** Epochs done. */
  epoch: number;
  /** Batches done in the epoch under way. */
  batch: number;
  /** Sum over this epoch's steps so far. */
  epochLoss: number;
  epochCrossEntropy: number;
  epochTerms: Record<string, number>;
  epochSteps: number;
  /** Of the latest steps, for a diagnosis. */
  recentLosses: number[];
  best: Best | null;
  epochsSinceBest: number;
  /** Whether patience has run out. */
  outOfPatience: boolean;
  /** Whether `onEpoch` has ended the run. */
  stoppedByCaller: boolean;
  plateau: PlateauState;
  history: EpochRecord[];
  /** What each loss term remembers. */
  termStates: (readonly number[])[];
  /** Where the log stood. */
  logPosition: number;
}

/** The tensors of a run, beside the model's own variables. */
export interface TrainingTensors {
  optimizer: NamedTensorMap;
  ema: NamedTensorMap | undefined;
}

export function initialState(): TrainingState {
  return {
    step: 0,
    epoch: 0,
    batch: 0,
    epochLoss: 0,
    epochCrossEntropy: 0,
    epochTerms: {},
    epochSteps: 0,
    recentLosses: [],
    best: null,
    epochsSinceBest: 0,
    outOfPatience: false,
    stoppedByCaller: false,
    plateau: initialPlateau,
    history: [],
    termStates: [],
    logPosition: 0,
  };
}

/** A seed for one batch: a run's seed and the batch's number, well mixed (MurmurHash3's finaliser). */
export function stepSeed(seed: number, count: number): number {
  let h = (Math.imul(seed | 0, 0x9e3779b1) ^ Math.imul(Math.floor(seed / 2 ** 32), 0x85ebca77)) >>> 0;
  h = (h + Math.imul(count + 1, 0xc2b2ae3d)) >>> 0;
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return (h ^ (h >>> 16)) >>> 0;
}
