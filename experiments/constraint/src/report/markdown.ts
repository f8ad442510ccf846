import type { Interval } from '@pcam/metrics';
import type { ScoredSummary, Summary } from './statistics.js';

/** What a cell says, and how good that is among its column; null where nothing was measured. */
export interface Cell {
  readonly value: string;
  /** Its spread, behind the value. */
  readonly spread?: string;
  /** Higher is better; a column's highest is set in bold. Left out: does not compete. */
  readonly rank?: number;
}

export interface MarkdownRow {
  /** Text columns, on the left. */
  readonly names: readonly string[];
  readonly cells: readonly (Cell | null)[];
}

/** @param heading names of all columns. @returns a GitHub-flavoured table; numbers stand on the right. */
export function markdownTable(heading: readonly string[], rows: readonly MarkdownRow[]): string {
  const texts = heading.length - Math.max(0, ...rows.map(({ cells }) => cells.length));
  const best = heading.slice(texts).map((_, k) => Math.max(...rows.map(({ cells }) => rankOf(cells[k]))));
  const show = (cell: Cell | null, k: number): string => {
    if (!cell) return '–';
    const { value, spread = '', rank } = cell;
    return `${rank !== undefined && rank === best[k] ? `**${value}**` : value}${spread}`;
  };
  const line = (parts: readonly string[]): string => `| ${parts.join(' | ')} |`;
  return [
    line(heading),
    line(heading.map((_, i) => (i < texts ? '---' : '---:'))),
    ...rows.map(({ names, cells }) => line([...names, ...cells.map(show)])),
  ].join('\n');
}

/** Mean, with the lowest and the highest seed. @param seeds of the row: a cell that has fewer says so. */
export function rangeCell(summary: Summary | null, seeds: number, show = decimals): Cell | null {
  if (!summary) return null;
  const range = rangeOf(summary, seeds, show);
  return { value: show(summary.mean), ...(range && { spread: ` (${range})` }) };
}

/** Mean with its interval over patches, and below them the lowest and the highest seed. Competes for the column's best. */
export function scoredCell(summary: ScoredSummary | null, seeds: number): Cell | null {
  if (!summary) return null;
  const { mean, ci95 } = summary;
  const interval = ci95 ? ` [${ci95.map(decimals).join(', ')}]` : '';
  const range = rangeOf(summary, seeds, decimals);
  const spread = `${interval}${range && `<br>${range}`}`;
  return { value: decimals(mean), spread, rank: mean };
}

/** Nothing where there is one seed in all. */
function rangeOf({ range, count }: Summary, seeds: number, show: (value: number) => string): string {
  if (seeds === 1) return '';
  const missing = count < seeds ? `, ${count} of ${seeds} seeds` : '';
  return `${range.map(show).join(' to ')}${missing}`;
}

/** As `rangeCell`; competes for the column's best. */
export function rankedCell(summary: Summary | null, seeds: number): Cell | null {
  const cell = rangeCell(summary, seeds);
  return cell && { ...cell, rank: summary!.mean };
}

/** A difference with its 95 % interval. */
export function differenceCell(
  told: { readonly difference: number; readonly ci95: Interval | null } | null,
): Cell | null {
  if (!told) return null;
  const { difference, ci95 } = told;
  return { value: signed(difference), ...(ci95 && { spread: ` [${ci95.map(signed).join(', ')}]` }) };
}

export function decimals(value: number): string {
  return value.toFixed(3);
}

export function signed(value: number): string {
  return `${value < 0 ? '−' : '+'}${decimals(Math.abs(value))}`;
}

/** To a tenth of a pixel. */
export function pixels(value: number): string {
  return value.toFixed(1);
}

export function signedPixels(value: number): string {
  return `${value < 0 ? '−' : '+'}${pixels(Math.abs(value))}`;
}

export function percent(value: number): string {
  const rounded = Math.round(100 * value);
  return `${rounded < 0 ? '−' : ''}${Math.abs(rounded)} %`;
}

function rankOf(cell: Cell | null | undefined): number {
  return cell?.rank ?? Number.NEGATIVE_INFINITY;
}
