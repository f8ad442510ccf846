import { join } from 'node:path';
import { UsageError } from '@pcam/cli';
import { isRun, openRun } from '@pcam/training/node';
import type { TrainOptions } from './options.js';
import type { TrainSummary } from './summary.js';

/** In place of a run that draws pseudo-masks: one that is trained first, within the run. */
export const SELF = 'self';

/** What is known of a teacher: the run that draws pseudo-masks for its student. */
export interface TeacherSummary
  extends Pick<
    TrainSummary,
    'run' | 'epochs' | 'steps' | 'bestEpoch' | 'validAuroc' | 'validAccuracy' | 'validLoss'
  > {}

/** Whether a teacher is trained first. */
export function hasTeacher({ pseudoMasks }: Pick<TrainOptions, 'pseudoMasks'>): boolean {
  return pseudoMasks === SELF;
}

/** A run of its own, by the same options but for the masks that nobody has drawn yet. */
export function teacherOptions(options: TrainOptions): TrainOptions {
  const { pseudoMasks, ...rest } = options;
  const out = join(options.out, 'teacher');
  return { ...rest, out, resume: options.resume && isRun(out) };
}

/** What is trained, one after the other: a run, or a teacher and then its student. */
export function stagesOf(options: TrainOptions): readonly TrainOptions[] {
  return hasTeacher(options) ? [teacherOptions(options), options] : [options];
}

/**
 * A run whose teacher has begun is in use, though it has no checkpoint of its own yet.
 *
 * @throws UsageError
 */
export function refuseTaught(options: TrainOptions): void {
  const { out } = teacherOptions(options);
  if (options.resume || !isRun(out) || !openRun(out).hasCheckpoint) return;
  throw new UsageError(
    `${options.out} holds a run already, in whose first stage a teacher was trained; resume it (--resume, in code resume: true), or choose another folder`,
  );
}

/** Of its run, as far as that has come; undefined where none is trained, or none has begun. */
export function teacherSummary(options: TrainOptions): TeacherSummary | undefined {
  const { out } = teacherOptions(options);
  if (!hasTeacher(options) || !isRun(out)) return undefined;
  const { dir, history } = openRun(out);
  const [last, best] = [history.at(-1), history.findLast((record) => record.best)];
  return {
    run: dir,
    epochs: last?.epoch ?? 0,
    steps: last?.step ?? 0,
    bestEpoch: best?.epoch ?? null,
    validAuroc: best?.valid?.auroc ?? null,
    validAccuracy: best?.valid?.accuracy ?? null,
    validLoss: best?.valid?.loss ?? null,
  };
}
