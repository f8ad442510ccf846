import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { openResults } from '../results.js';
import type { CellResult } from '../synthetic.js';
import { tradeoffCurve } from './curve.js';
import { testPrevalence } from './prevalence.js';
import { setupReport, syntheticReport } from './report.js';
import { setupsOf } from './setups.js';
import { renderSvg } from './svg.js';

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
    writeFileSync(join(folder, name), content);
  };
  const sections: string[] = [];
  for (const [i, setup] of setupsOf(all).entries()) {
    const curve = i === 0 ? 'tradeoff.svg' : `tradeoff-${i + 1}.svg`;
    write(curve, await renderSvg(tradeoffCurve(setup.results)));
    sections.push(setupReport(setup, await testPrevalence(folder, setup.name), curve));
  }
  write('synthetic.md', syntheticReport(sections));
  return written;
}
