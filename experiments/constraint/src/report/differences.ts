import { type PairedDifference, pairedDifference } from '@pcam/metrics';
import type { NetworkResult } from '../experiment.js';
import type { View } from '../maps.js';
import { SETTINGS } from '../settings.js';
import { differenceCell, type MarkdownRow, markdownTable, percent, rangeCell, signed } from './markdown.js';
import { rowsOf, type Section } from './rows.js';
import { mean, type Summary, summarize } from './statistics.js';

/** What a setting gains over another one, in seeds that both have. */
export interface Difference {
  readonly setting: string;
  readonly against: string;
  readonly seeds: number;
  /** Of the label, on the test split. */
  readonly auroc: Summary | null;
  /** Of the average precision within partly tumorous patches of all sets together, and of each. */
  readonly together: PairedDifference | null;
  readonly each: Readonly<Record<string, PairedDifference>>;
  /** Likewise, of averaged maps. */
  readonly averaged: PairedDifference | null;
  /** Share of the way from the other one to the U-Net of the same seed, in the mean over sets; null without U-Nets. */
  readonly closed: Summary | null;
}

/** @param against in place of each setting's own counterpart. */
export function differencesOf({ results, sets }: Section, against?: string): Difference[] {
  const rows = rowsOf(results);
  const names = Object.keys(sets);
  const cellOf = (setting: string, seed: number): NetworkResult | undefined =>
    results.find((result) => result.setting === setting && result.seed === seed);
  return rows.flatMap(({ setting, cells }): Difference[] => {
    const other = against ?? SETTINGS[setting]?.against;
    if (other === undefined || other === setting) return [];
    const pairs = cells.flatMap((a) => {
      const b = cellOf(other, a.seed);
      return b ? [{ a, b, unet: cellOf('unet', a.seed) }] : [];
    });
    if (pairs.length === 0) return [];
    const common = names.filter(
      (set) => sets[set]!.partly.length > 0 && pairs.every(({ a, b }) => a.masked[set] && b.masked[set]),
    );
    const paired = (of: readonly string[], view: View): PairedDifference | null =>
      of.length === 0
        ? null
        : pairedDifference(
            of.map((set) => ({
              a: pairs.map(({ a }) => a.masked[set]![view].each.ap),
              b: pairs.map(({ b }) => b.masked[set]![view].each.ap),
              groups: sets[set]!.groups,
            })),
          );
    const within = (result: NetworkResult): number =>
      mean(common.map((set) => result.masked[set]!.plain.withinPatchAp!));
    return [
      {
        setting,
        against: other,
        seeds: pairs.length,
        auroc: summarize(
          pairs.map(({ a, b }) => (a.auroc && b.auroc ? a.auroc.test.value - b.auroc.test.value : null)),
        ),
        together: paired(common, 'plain'),
        each: Object.fromEntries(common.map((set) => [set, paired([set], 'plain')!])),
        averaged: paired(common, 'averaged'),
        closed: summarize(
          pairs.map(({ a, b, unet }) => {
            if (!unet || common.length === 0 || !common.every((set) => unet.masked[set])) return null;
            const [from, to] = [within(b), within(unet)];
            // Where masks gain nothing there is no gap to close.
            return to > from ? (within(a) - from) / (to - from) : null;
          }),
        ),
      },
    ];
  });
}

export function differenceTable(differences: readonly Difference[], sets: readonly string[]): string {
  const several = sets.length > 1;
  const gap = differences.some(({ closed }) => closed);
  const rows = differences.map(
    ({ setting, against, seeds, auroc, together, each, averaged, closed }): MarkdownRow => ({
      names: [setting, against, String(seeds)],
      cells: [
        rangeCell(auroc, seeds, signed),
        differenceCell(together),
        ...(several ? sets.map((set) => differenceCell(each[set] ?? null)) : []),
        differenceCell(averaged),
        ...(gap ? [rangeCell(closed, seeds, percent)] : []),
      ],
    }),
  );
  return markdownTable(
    [
      'setting',
      'against',
      'seeds',
      'ΔAUROC, test',
      'ΔAP within patches',
      ...(several ? sets : []),
      'of averaged maps',
      ...(gap ? ['of the way to the U-Net'] : []),
    ],
    rows,
  );
}
