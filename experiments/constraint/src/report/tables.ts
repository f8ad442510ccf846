import { SETTINGS, unetOf } from '../settings.js';
import {
  type Cell,
  decimals,
  type MarkdownRow,
  markdownTable,
  percent,
  pixels,
  rangeCell,
  rankedCell,
  scoredCell,
  signedPixels,
} from './markdown.js';
import { type Row, rowsOf, type Section } from './rows.js';
import { median, summarize, summarizeScored } from './statistics.js';

/**
 * AUROC of the label, and how well maps rank pixels: within patches, which place alone decides, and pooled. What looks
 * at no place stands below: the setting's logit painted all over each patch, the best of any, and a map that is 1.
 */
export function scoreTable({ results, sets }: Section): string {
  const names = Object.keys(sets);
  const rows = rowsOf(results).map((row): MarkdownRow => {
    const ofSets = names.flatMap((set) => [
      cell(row, ({ masked }) => masked[set]?.plain.withinPatchAp),
      cell(row, ({ masked }) => masked[set]?.plain.pixelAp),
      cell(row, ({ masked }) => masked[set]?.averaged.withinPatchAp),
    ]);
    return {
      names: namesOf(row),
      cells: [
        scoredCell(summarizeScored(row.cells.map(({ auroc }) => auroc?.valid)), row.cells.length),
        scoredCell(summarizeScored(row.cells.map(({ auroc }) => auroc?.test)), row.cells.length),
        ...ofSets,
      ],
    };
  });
  const painted = names.flatMap((set) => {
    const best = rowsOf(results)
      .map(({ cells }) => summarize(cells.map(({ masked }) => masked[set]?.painted?.pixelAp)))
      .filter((summary) => summary !== null)
      .sort((a, b) => b.mean - a.mean)[0];
    return [told(sets[set]!.allOnes.withinPatchAp), rangeCell(best ?? null, best?.count ?? 0), null];
  });
  const ones = names.flatMap((set) => {
    const { withinPatchAp, pixelAp } = sets[set]!.allOnes;
    return [told(withinPatchAp), told(pixelAp), null];
  });
  return markdownTable(
    [
      ...NAME_HEADING,
      'AUROC, validation',
      'AUROC, test',
      ...names.flatMap((set) => [
        `${set}: AP within patches`,
        `${set}: AP, pixels pooled`,
        `${set}: AP within, averaged maps`,
      ]),
    ],
    [
      ...rows,
      {
        names: ['its logit painted all over', 'the best of all settings', '–'],
        cells: [null, null, ...painted],
      },
      { names: ['all ones', 'everything is tumour', '–'], cells: [null, null, ...ones] },
    ],
  );
}

/** What the first table has no room for. */
export function moreTable({ results, sets }: Section): string {
  const names = Object.keys(sets);
  const rows = rowsOf(results).map(
    (row): MarkdownRow => ({
      names: namesOf(row),
      cells: [
        ...names.flatMap((set) => [
          cell(row, ({ masked }) => masked[set]?.plain.withinPatchAuroc),
          cell(row, ({ masked }) => masked[set]?.plain.pixelAuroc),
          cell(row, ({ masked }) => masked[set]?.averaged.pixelAp),
          cell(row, ({ masked }) => masked[set]?.plain.dice),
          rangeCell(
            summarize(row.cells.map(({ masked }) => masked[set]?.plain.betweenPatches)),
            row.cells.length,
            percent,
          ),
        ]),
        seconds(row),
      ],
    }),
  );
  const heading = names.flatMap((set) => [
    `${set}: AUROC within patches`,
    `${set}: AUROC, pixels pooled`,
    `${set}: AP pooled, averaged maps`,
    `${set}: Dice`,
    `${set}: variance between patches`,
  ]);
  return markdownTable([...NAME_HEADING, ...heading, 'seconds an epoch'], rows);
}

/**
 * How far maps lie beside what they answer to, and how well those of flipped images agree with them. Empty where that
 * was not measured.
 */
export function alignmentTable({ results }: Section): string {
  const rows = rowsOf(results).flatMap(({ setting, cells }): MarkdownRow[] => {
    const measured = cells.flatMap(({ alignment }) => alignment ?? []);
    const [one] = measured;
    if (!one) return [];
    const range = (of: (alignment: typeof one) => number | undefined, show?: typeof signedPixels) =>
      rangeCell(summarize(measured.map(of)), cells.length, show);
    return [
      {
        names: [setting, String(cells.length), String(one.stride), String(one.placed.origin)],
        cells: [
          range(({ best }) => best.origin, pixels),
          range(({ best }) => best.correlation),
          range(({ placed }) => placed.correlation),
          range(({ first }) => first.correlation),
          range(({ spot }) => spot?.y, signedPixels),
          range(({ spot }) => spot?.x, signedPixels),
        ],
      },
    ];
  });
  if (rows.length === 0) return '';
  const heading = [
    'setting',
    'seeds',
    'stride',
    'first cell placed at',
    'flips agree best at',
    'r there',
    'r where placed',
    'r at 0',
    'spots, down',
    'spots, right',
  ];
  return markdownTable(heading, rows);
}

/** A U-Net does not compete. */
function cell(row: Row, of: (result: Row['cells'][number]) => number | null | undefined): Cell | null {
  const summary = summarize(row.cells.map(of));
  const setting = SETTINGS[row.setting];
  return setting && unetOf(setting)
    ? rangeCell(summary, row.cells.length)
    : rankedCell(summary, row.cells.length);
}

/** Median over seeds: times hang on what else the machine does. */
function seconds({ cells }: Row): Cell | null {
  const known = cells.flatMap(({ secondsPerEpoch }) => secondsPerEpoch ?? []);
  return known.length === 0 ? null : { value: median(known).toFixed(0) };
}

function told(value: number | null): Cell | null {
  return value === null ? null : { value: decimals(value) };
}

function namesOf({ setting, cells }: Row): string[] {
  return [setting, SETTINGS[setting]?.about ?? 'no longer there', String(cells.length)];
}

const NAME_HEADING: readonly string[] = ['setting', 'what it is', 'seeds'];
