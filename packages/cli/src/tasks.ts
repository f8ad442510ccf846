import { createProgress, type ProgressLine, type ProgressOptions } from './progress.js';

/** How far a long task has come, as a library reports it. */
export interface TaskReport {
  readonly task: string;
  readonly done: number;
  readonly total?: number;
  readonly unit: string;
  /** Something worth telling once. */
  readonly note?: string;
}

/** Shows reports of one task after another, a bar each; a new task or `end` closes the bar before. */
export interface TaskProgress {
  /** Opens the task's bar at its first report and closes it once all of it is done; a report without `total` shows its note alone. */
  report(report: TaskReport): void;
  /** Closes the bar of a task that stopped short of its total. */
  end(): void;
}

const MEGA = 1e6;

/** Milliseconds: what is done sooner is worth no line. */
const QUICK = 1000;

/** Bars for a library's reports, e.g. `onProgress` of @pcam/pcam-data; tasks of less than a second leave no line where no terminal is. */
export function createTaskProgress(options: Pick<ProgressOptions, 'stream' | 'now'> = {}): TaskProgress {
  const { stream = process.stderr, now = Date.now } = options;
  let current: { task: string; started: number; progress: ProgressLine } | undefined;
  const end = (): void => {
    current?.progress.end();
    current = undefined;
  };
  return {
    report({ task, done, total, unit, note }) {
      if (note !== undefined) {
        end();
        stream.write(`${task}: ${note}\n`);
      }
      if (total === undefined) return;
      const [scale, name] = unit === 'bytes' ? [MEGA, 'MB'] : [1, unit];
      const whole = Math.ceil(total / scale);
      if (current?.task !== task) {
        end();
        current = {
          task,
          started: now(),
          progress: createProgress({ ...options, label: task, total: whole, unit: name }),
        };
      }
      current.progress.update(done >= total ? whole : Math.floor(done / scale));
      if (done < total) return;
      if (!stream.isTTY && now() - current.started < QUICK) current = undefined;
      else end();
    },
    end,
  };
}
