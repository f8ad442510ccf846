import type { Engine } from '@pcam/engine';
import type { FitResult } from '@pcam/training';
import type { TeacherSummary } from './teacher.js';

/** What a finished (or interrupted) run comes to; `pcam-train --json` prints it. */
export interface TrainSummary {
  readonly run: string;
  readonly engine: string;
  readonly device: string;
  readonly model: string;
  readonly parameters: number;
  readonly trainPatches: number;
  readonly validPatches: number;
  readonly stopped: FitResult['stopped'];
  readonly epochs: number;
  readonly steps: number;
  readonly bestEpoch: number | null;
  readonly validAuroc: number | null;
  readonly validAccuracy: number | null;
  readonly validLoss: number | null;
  readonly seconds: number;
  /** Of `--pseudo-masks self`: the run that was trained first, as far as that has come. */
  readonly teacher?: TeacherSummary;
}

/** What a run came to that was stopped before its first step. */
export const NOTHING_YET: FitResult = { stopped: 'aborted', step: 0, epochs: 0, best: null, history: [] };

export function summaryOf(
  result: FitResult,
  known: Pick<TrainSummary, 'run' | 'model' | 'parameters' | 'trainPatches' | 'validPatches' | 'seconds'> & {
    readonly engine: Engine;
    readonly teacher: TeacherSummary | undefined;
  },
): TrainSummary {
  const { run, engine, model, parameters, trainPatches, validPatches, seconds, teacher } = known;
  const best = result.best?.scores;
  return {
    run,
    engine: engine.engine,
    device: engine.device,
    model,
    parameters,
    trainPatches,
    validPatches,
    stopped: result.stopped,
    epochs: result.epochs,
    steps: result.step,
    bestEpoch: result.best?.epoch ?? null,
    validAuroc: best?.auroc ?? null,
    validAccuracy: best?.accuracy ?? null,
    validLoss: best?.loss ?? null,
    seconds: Math.round(seconds * 10) / 10,
    ...(teacher && { teacher }),
  };
}
