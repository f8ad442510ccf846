import { runCommand } from '@pcam/cli';
import { replaceFile } from '@pcam/files';
import { runBench } from './bench.js';
import { benchOptions, examples } from './options.js';
import { markdownReport, terminalReport } from './report/report.js';

await runCommand({
  name: 'bench',
  version: '0.0.0',
  summary:
    "Times our training, inference and Grad-CAM beside PyTorch's: same machine, model, weights and images.",
  options: benchOptions,
  examples,
  async run(options) {
    const results = await runBench(options, (line) => void process.stderr.write(`${line}\n`));
    process.stdout.write(`\n${terminalReport(results)}\n`);
    if (options.markdown) replaceFile(options.markdown, markdownReport(results));
    if (options.json) replaceFile(options.json, `${JSON.stringify(results, null, 2)}\n`);
  },
});
