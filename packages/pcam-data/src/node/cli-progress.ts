import type { OnProgress, Progress } from './progress.js';

interface Terminal {
  readonly isTTY?: boolean;
  readonly columns?: number;
  write(text: string): unknown;
}

export interface ProgressDisplay {
  readonly onProgress: OnProgress;
  /** Ends the last bar, so that other text starts on a line of its own. */
  end(): void;
}

/** A bar with speed and time left on a terminal; elsewhere a line every ten percent, a second apart at least. */
export function showProgress(out: Terminal, now: () => number = Date.now): ProgressDisplay {
  let task = '';
  let started = { at: 0, done: 0 };
  let drawn = 0;
  let tenth = 0;
  let open = false;
  const end = (): void => {
    if (open) out.write('\n');
    open = false;
  };
  return {
    end,
    onProgress(progress) {
      if (progress.task !== task) {
        end();
        task = progress.task;
        started = { at: now(), done: progress.done };
        drawn = out.isTTY ? Number.NEGATIVE_INFINITY : now();
        tenth = 0;
      }
      if (progress.note) {
        end();
        out.write(`${progress.note}\n`);
        return;
      }
      const finished = progress.done === progress.total;
      const text = describe(progress, started, now());
      if (out.isTTY) {
        if (!finished && now() - drawn < 100) return;
        drawn = now();
        out.write(`\r\x1b[2K${`${bar(progress)} ${text}`.slice(0, (out.columns ?? 80) - 1)}`);
        open = true;
        if (finished) end();
        return;
      }
      const here = progress.total ? Math.floor((10 * progress.done) / progress.total) : 0;
      if (here === tenth || now() - drawn < 1000) return;
      tenth = here;
      drawn = now();
      out.write(`${text}\n`);
    },
  };
}

function bar({ done, total }: Progress): string {
  if (!total) return '[ … ]';
  const filled = Math.round((20 * Math.min(done, total)) / total);
  return `[${'█'.repeat(filled)}${'·'.repeat(20 - filled)}]`;
}

function describe(progress: Progress, started: { at: number; done: number }, now: number): string {
  const { task, done, total, unit } = progress;
  const seconds = (now - started.at) / 1000;
  const speed = seconds > 0 ? (done - started.done) / seconds : 0;
  const parts = [
    `${task}:`,
    total ? `${Math.floor((100 * done) / total)} %` : '',
    total ? `(${share(done, total, unit)})` : amount(done, unit),
    speed > 0 ? `${amount(speed, unit)}/s` : '',
    speed > 0 && total && done < total ? `${duration((total - done) / speed)} left` : '',
  ];
  return parts.filter((p) => p !== '').join(' ');
}

function share(done: number, total: number, unit: Progress['unit']): string {
  return unit === 'patches'
    ? `${done} of ${total} patches`
    : `${amount(done, unit)} of ${amount(total, unit)}`;
}

function amount(n: number, unit: Progress['unit']): string {
  if (unit === 'patches') return `${Math.round(n)} patches`;
  if (n >= 1e9) return `${(n / 1e9).toFixed(2)} GB`;
  return n >= 1e6 ? `${(n / 1e6).toFixed(1)} MB` : `${(n / 1e3).toFixed(1)} kB`;
}

/** e.g. `45 s`, `3 min 10 s`, `2 h 5 min`. */
export function duration(seconds: number): string {
  const s = Math.round(seconds);
  if (s < 60) return `${s} s`;
  const minutes = Math.floor(s / 60);
  return minutes < 60 ? `${minutes} min ${s % 60} s` : `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}
