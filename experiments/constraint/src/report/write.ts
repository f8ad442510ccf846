import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { renderSvg } from '@pcam/figures';
import { replaceFile } from '@pcam/files';
import type { NetworkResult } from '../experiment.js';
import { openResults } from '../results.js';
import type { SetRecord } from '../score.js';
import type { ShortcutResult } from '../shortcut.js';
import { differencesOf, differenceTable } from './differences.js';
import { gainsFigure } from './figure.js';
import { type Section, sectionsOf } from './rows.js';
import { bySetup } from './setups.js';
import { shortcutTables } from './shortcut-table.js';
import { alignmentTable, moreTable, scoreTable } from './tables.js';

export interface ReportOptions {
  /** What all settings are held against, in place of each one's own counterpart. */
  readonly against?: string | undefined;
  /** Masked sets to tell of, all by default. */
  readonly sets?: readonly string[] | undefined;
}

/**
 * Every report that a folder has results for: `networks.md` with a figure for each data set (`gains.svg`,
 * `gains-2.svg`, …), `shortcut.md`.
 *
 * @returns the paths written.
 */
export async function writeReports(folder: string, options: ReportOptions = {}): Promise<string[]> {
  const written: string[] = [];
  const write = (name: string, content: string): void => {
    written.push(join(folder, name));
    replaceFile(join(folder, name), content);
  };
  const resultsOf = <T>(name: string): ReadonlyMap<string, T> =>
    existsSync(join(folder, `${name}.jsonl`)) ? openResults<T>(folder, name).all : new Map();

  const networks = resultsOf<NetworkResult>('networks');
  if (networks.size > 0) {
    const records = openResults<SetRecord>(folder, 'sets').all;
    const parts: string[] = [];
    for (const [i, section] of sectionsOf(networks, records, options.sets).entries()) {
      const figure = i === 0 ? 'gains.svg' : `gains-${i + 1}.svg`;
      const differences = differencesOf(section, options.against);
      if (differences.length > 0) write(figure, await renderSvg(gainsFigure(differences)));
      parts.push(sectionText(section, differences, figure));
    }
    write('networks.md', `${['# What makes maps segment', ...parts].join('\n\n')}\n`);
  }
  const shortcuts = bySetup(resultsOf<ShortcutResult>('shortcut'));
  if (shortcuts.size > 0) {
    const parts = [...shortcuts].flatMap(([name, results]) => [`## ${name}`, shortcutTables(results)]);
    const title = '# Shortcuts: mean over seeds (lowest to highest seed)';
    write('shortcut.md', `${[title, ...parts].join('\n\n')}\n`);
  }
  return written;
}

function sectionText(
  section: Section,
  differences: ReturnType<typeof differencesOf>,
  figure: string,
): string {
  const { name: title, sets } = section;
  const alignment = alignmentTable(section);
  const tell = Object.entries(sets).map(([name, { patches, partly, groups }]) => {
    const drawn = new Set(groups).size;
    return `${name}: ${partly.length} partly tumorous of ${patches} patches, in ${drawn} groups`;
  });
  return [
    `## ${title}`,
    `Masked sets: ${tell.join('; ') || 'none'}.`,
    '### Scores',
    'Mean over seeds (lowest to highest); of AUROC also [the mean of the seeds’ 95 % bootstrap bounds, patches drawn]. Maps are Grad-CAM in one view (of a U-Net its output), but where averaged ones are named: over the square’s 8 symmetries, of images continued by reflection. AP within patches is the mean over partly tumorous patches. In bold the best of a column that no mask was shown to.',
    scoreTable(section),
    ...(differences.length > 0
      ? [
          '### Gains',
          'Difference, in seeds that both have, with its 95 % interval over groups and seeds (AUROC: lowest to highest seed). Sets weigh alike.',
          differenceTable(differences, Object.keys(sets)),
          `![Gains within patches against gains in AUROC](${figure})`,
        ]
      : []),
    '### More',
    'Dice: maps in one view, cut where a quarter of a patch’s centre being above tells the validation split’s labels best: no mask takes part. Variance between patches: the share of the maps’ variance that tells patches apart, not places.',
    moreTable(section),
    ...(alignment
      ? [
          '### Alignment',
          'In pixels, of Grad-CAM in one view: the pixel that the first cell is placed at by the model; where it has to be for maps of flipped images, flipped back, to agree best with the maps (r: their correlation, there, where it is placed, and at the first pixel); and how far down and right of spots of tumour, pasted into healthy tissue, the map rises.',
          alignment,
        ]
      : []),
  ].join('\n\n');
}
