import type { Results, RowResult } from '../results.js';
import type { Table } from './table.js';

/** Of `rowTable` and `kernelTable`, the columns that hold text. */
export const ROW_TEXT_COLUMNS = 2;
export const KERNEL_TEXT_COLUMNS = 1;

const shownKernels = 15;

/** One line for each model and row: times, their ratio, shares of the machine's peak. */
export function rowTable({ rows, peak }: Results): Table {
  const withTorch = rows.some(({ comparison }) => comparison.torch !== undefined);
  const share = (flops: number, ms: number): string => percent(flops / ms / 1e6 / peak.gflops);
  const heading = withTorch
    ? [
        'model',
        'row',
        'ours, ms',
        'PyTorch, ms',
        'ratio',
        'rounds',
        'ours, % peak',
        'PyTorch, % peak',
        'PyTorch in',
      ]
    : ['model', 'row', 'ours, ms', 'ours, % peak'];
  return [
    heading,
    ...rows.map(({ model, row, flops, prepared, comparison: { ours, torch, ratio, range } }) => {
      const own = [model, row, milliseconds(ours)];
      if (torch === undefined || !range) return [...own, share(flops, ours)];
      const span = `${range[0].toFixed(2)}–${range[1].toFixed(2)}`;
      const compared = [milliseconds(torch), ratio!.toFixed(2), span];
      return [...own, ...compared, share(flops, ours), share(flops, torch), prepared?.layout ?? ''];
    }),
  ];
}

/** The kernels of ours that take the time, and what is left for JavaScript between them. */
export function kernelTable({ kernels: profile }: RowResult): Table {
  const { milliseconds: total, kernels } = profile!;
  const line = (name: string, calls: string, ms: number): string[] => [
    name,
    calls,
    milliseconds(ms),
    percent(ms / total),
  ];
  const shown = kernels.slice(0, shownKernels);
  const rest = kernels.slice(shownKernels);
  const sum = (some: typeof kernels): number => some.reduce((ms, kernel) => ms + kernel.milliseconds, 0);
  return [
    ['kernel', 'calls', 'ms a step', 'share, %'],
    ...shown.map(({ name, calls, milliseconds: ms }) => line(name, calls.toFixed(0), ms)),
    ...(rest.length > 0 ? [line(`${rest.length} others`, '', sum(rest))] : []),
    line('outside kernels', '', total - sum(kernels)),
  ];
}

function milliseconds(value: number): string {
  return value.toFixed(value < 100 ? 1 : 0);
}

function percent(share: number): string {
  return (100 * share).toFixed(1);
}
