import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { renderSvg } from '@pcam/figures';
import { replaceFile } from '@pcam/files';
import type { RealResult } from '../real.js';
import { openResults } from '../results.js';
import type { ShortcutResult } from '../shortcut-result.js';
import type { CellResult } from '../synthetic.js';
import { tradeoffCurve } from './curve.js';
import { testPrevalence } from './prevalence.js';
import { realTable } from './real-table.js';
import { setupReport, syntheticReport } from './report.js';
import { bySetup, setupsOf } from './setups.js';
import { shortcutTables } from './shortcut-table.js';

/**
 * Writes `synthetic.md` and `tradeoff.svg` from the `synthetic.jsonl` of a folder. Networks of other patches or
 * epochs get a section and a curve (`tradeoff-2.svg`, …) of their own.
 *
 * @returns the paths written.
 * @throws Error where there are no results.
 */
export async function writeSyntheticReport(folder: string): Promise<string[]> {
  const { all } = openResults<CellResult>(folder, 'synthetic');
  if (all.size === 0)
    throw new Error(`${folder}: synthetic.jsonl has no results; run --part synthetic first`);
  const written: string[] = [];
  const write = (name: string, content: string): void => {
    written.push(join(folder, name));
    replaceFile(join(folder, name), content);
  };
  const sections: string[] = [];
  const setups = setupsOf(all);
  for (const [i, setup] of setups.entries()) {
    const curve = i === 0 ? 'tradeoff.svg' : `tradeoff-${i + 1}.svg`;
    write(curve, await renderSvg(tradeoffCurve(setup.results)));
    sections.push(setupReport(setup, await testPrevalence(folder, setup.name), curve));
  }
  write('synthetic.md', syntheticReport(sections, setups));
  return written;
}

/** Every report that there are results for. @returns the paths written. */
export async function writeReports(folder: string): Promise<string[]> {
  const has = (name: string): boolean => existsSync(join(folder, `${name}.jsonl`));
  const written = has('synthetic') ? await writeSyntheticReport(folder) : [];
  const tables = {
    shortcut: () =>
      sectionsOf(
        'Shortcuts: mean over seeds (lowest to highest seed)',
        bySetup(openResults<ShortcutResult>(folder, 'shortcut').all),
        shortcutTables,
      ),
    real: () =>
      sectionsOf(
        'Real patches: mean over seeds [mean of the seeds’ 95 % bootstrap bounds, patches drawn], below it the lowest and the highest seed',
        bySetup(openResults<RealResult>(folder, 'real').all),
        realTable,
      ),
  };
  for (const [name, table] of Object.entries(tables)) {
    if (!has(name)) continue;
    const path = join(folder, `${name}.md`);
    replaceFile(path, `${table()}\n`);
    written.push(path);
  }
  return written;
}

function sectionsOf<T>(
  title: string,
  setups: ReadonlyMap<string, readonly T[]>,
  table: (results: readonly T[]) => string,
): string {
  return [`# ${title}`, ...[...setups].flatMap(([name, results]) => [`## ${name}`, table(results)])].join(
    '\n\n',
  );
}
