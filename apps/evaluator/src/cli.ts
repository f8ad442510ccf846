import { runCommand } from '@pcam/cli';
import manifest from '../package.json' with { type: 'json' };
import { evaluate } from './evaluate.js';
import { evaluateOptions } from './options.js';
import { summaryLines } from './summary.js';

await runCommand({
  name: 'pcam-evaluate',
  version: manifest.version,
  summary: 'Evaluates a run of pcam-train on a split, and shows by attribution maps why the model decides.',
  options: evaluateOptions,
  presetKey: 'preset',
  examples: [
    'pcam-evaluate --run runs/first --data pcam --out runs/first/evaluation',
    'pcam-evaluate --run runs/first --data pcam --out evaluation --tta --maps 40',
    'pcam-evaluate --run runs/constrained --data pcam --out masks --segment --map-average dihedral --compare-run runs/first',
    'pcam-evaluate --run runs/first --data pcam --split valid --out valid --json > metrics.json',
  ],
  async run(options) {
    // With --json, stdout carries the result alone; lines for people go to stderr.
    const say = (line: string): void =>
      void (options.json ? process.stderr : process.stdout).write(`${line}\n`);
    const evaluation = await evaluate(options, say);
    for (const line of summaryLines(evaluation)) say(line);
    say(`report: ${evaluation.report}`);
    if (options.json) process.stdout.write(`${JSON.stringify(evaluation.metrics)}\n`);
  },
});
