/** What a bar shows and where. */
export interface ProgressOptions {
  /** Stands before the counts, e.g. `epoch 1/40`. */
  readonly label: string;
  readonly total: number;
  /** What is counted, e.g. `images`. */
  readonly unit: string;
  /** Default stderr, so that stdout stays for results. */
  readonly stream?: {
    /** What comes back is ignored. */
    write(text: string): unknown;
    isTTY?: boolean;
    columns?: number;
  };
  /** Milliseconds; for tests. */
  readonly now?: () => number;
}

/** A bar that is being shown. */
export interface ProgressLine {
  /**
   * Redraws the bar, not more often than is worth seeing.
   *
   * @param done how many of `total` are done now.
   * @param note shown behind, e.g. the loss.
   */
  update(done: number, note?: string): void;
  /** Ends the line (a bar) or prints the last one. */
  end(note?: string): void;
  /** Takes the bar away, for work that leaves nothing worth a line; elsewhere than on a terminal, does nothing. */
  clear(): void;
}

/** A bar with speed and time left on a terminal; elsewhere a plain line every ten seconds. */
export function createProgress(options: ProgressOptions): ProgressLine {
  const { label, total, unit, stream = process.stderr, now = Date.now } = options;
  const start = now();
  let first: { done: number; at: number } | undefined;
  let shown = start;
  let last = { done: 0, note: '' };

  const line = (ended = false): string => {
    const seconds = (now() - (first?.at ?? start)) / 1000;
    const speed = seconds > 0 ? (last.done - (first?.done ?? 0)) / seconds : 0;
    const left = speed > 0 ? `${formatSeconds((total - last.done) / speed)} left` : '';
    const parts = [
      `${last.done}/${total} ${unit}`,
      speed > 0 ? `${formatSpeed(speed)} ${unit}/s` : '',
      ended ? `in ${formatSeconds((now() - start) / 1000)}` : left,
      last.note,
    ];
    return `${label} ${parts.filter(Boolean).join(' · ')}`;
  };
  const bar = (ended = false): string => {
    const filled = Math.round((20 * last.done) / Math.max(1, total));
    const text = `${'█'.repeat(filled)}${'░'.repeat(20 - filled)} ${line(ended)}`;
    return `\r${text.slice(0, (stream.columns ?? 120) - 1)}\x1b[K`;
  };
  return {
    update(done: number, note = ''): void {
      last = { done: Math.min(done, total), note };
      // What was done before the first call (a resumed run) does not count as speed.
      first ??= { done: last.done, at: now() };
      // The last line is `end`'s.
      if (done >= total || now() - shown < (stream.isTTY ? 100 : 10_000)) return;
      shown = now();
      stream.write(stream.isTTY ? bar() : `${line()}\n`);
    },
    end(note?: string): void {
      if (note !== undefined) last = { ...last, note };
      stream.write(`${stream.isTTY ? bar(true) : line(true)}\n`);
    },
    clear(): void {
      if (stream.isTTY && shown !== start) stream.write('\r\x1b[K');
    },
  };
}

function formatSpeed(speed: number): string {
  // From 99.5 on, two digits would be written 1.0e+2.
  return speed >= 99.5 ? speed.toFixed(0) : speed.toPrecision(2);
}

/** `8 s`, `3 min 20 s`, `2 h 05 min`. */
export function formatSeconds(seconds: number): string {
  const s = Math.max(0, Math.round(seconds));
  if (s < 60) return `${s} s`;
  if (s < 3600) return `${Math.floor(s / 60)} min ${String(s % 60).padStart(2, '0')} s`;
  return `${Math.floor(s / 3600)} h ${String(Math.floor((s % 3600) / 60)).padStart(2, '0')} min`;
}
