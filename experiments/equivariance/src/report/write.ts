import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { openResults } from '@pcam/experiment-constraint/results';
import { bySetup } from '@pcam/experiment-constraint/setups';
import { renderSvg } from '@pcam/figures';
import { replaceFile } from '@pcam/files';
import type { CurveResult } from '../result.js';
import { learningCurve } from './curve.js';
import { gainTable, logLossTable } from './gains.js';
import { scoreTables, speedTable } from './tables.js';

const TITLES = { synthetic: 'Synthetic patches', real: 'Real patches' };

/**
 * Writes `real.md` and `real.svg` from the `real.jsonl` of a folder, and the same of synthetic patches; networks trained
 * on other patches or steps get a section and a plot (`real-2.svg`, …) of their own.
 *
 * @returns the paths written; none where there are no results.
 */
export async function writeReports(folder: string): Promise<string[]> {
  const written: string[] = [];
  const write = (name: string, content: string): void => {
    written.push(join(folder, name));
    replaceFile(join(folder, name), content);
  };
  for (const [part, title] of Object.entries(TITLES)) {
    if (!existsSync(join(folder, `${part}.jsonl`))) continue;
    const setups = [...bySetup(openResults<CurveResult>(folder, part).all)];
    if (setups.length === 0) continue;
    const sections: string[] = [];
    for (const [i, [setup, results]] of setups.entries()) {
      const plot = i === 0 ? `${part}.svg` : `${part}-${i + 1}.svg`;
      write(plot, await renderSvg(learningCurve(results, `${title}: ${setup}`)));
      sections.push(section(setup, results, plot));
    }
    write(`${part}.md`, `${[`# ${title}`, ...sections].join('\n\n')}\n`);
  }
  return written;
}

function section(setup: string, results: readonly CurveResult[], plot: string): string {
  const over = results.some(({ test }) => test.slides) ? 'slides' : 'patches';
  return [
    `## ${setup}`,
    `![AUROC by number of training patches](${plot})`,
    `Test split; mean over seeds [mean of the seeds’ 95 % bootstrap bounds, ${over} drawn], below it the lowest and the highest seed. Temperature and threshold were chosen on the validation split; bold is the best of a column.`,
    ...scoreTables(results),
    `### Gains\n\nMean over seeds [95 %, drawing test ${over} and seeds], below it the lowest and the highest seed; bold where the interval leaves out 0. The last column: how much more is gained on the smallest share than on the largest.`,
    gainTable(results),
    'Below 0 is better:',
    logLossTable(results),
    `### Work\n\n${speedTable(results)}`,
  ].join('\n\n');
}
