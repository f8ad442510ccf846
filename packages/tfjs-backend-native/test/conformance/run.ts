/**
 * tfjs-core's own specs on one backend, by hand, from the package's folder:
 *
 *   node --conditions=@pcam/source --import=tsx test/conformance/run.ts --backend native --filter conv2d
 *
 * `--filter` keeps specs whose full name contains the text; `--slow 10` lists the slowest;
 * `--json FILE` writes every spec's name and status. Exits with 1 where a spec failed.
 */
import { writeFile } from 'node:fs/promises';
import { parseArgs } from 'node:util';
import { CPU, NATIVE } from '../support/backends.js';
import { runSuite } from './run-suite.js';

const { values } = parseArgs({
  options: {
    backend: { type: 'string', default: 'native' },
    filter: { type: 'string', default: '' },
    slow: { type: 'string', default: '0' },
    json: { type: 'string' },
  },
});
const backend = [CPU, NATIVE].find(({ name }) => name === values.backend);
if (backend === undefined) {
  throw new Error('--backend is cpu or native');
}

const began = performance.now();
const { specs, errors } = await runSuite(backend, values.filter);
const count = (status: string): number => specs.filter((spec) => spec.status === status).length;
for (const { name, message } of specs.filter(({ status }) => status === 'failed')) {
  console.log(`FAILED ${name}\n       ${message}`);
}
for (const error of errors) {
  console.log(`ERROR ${error}`);
}
for (const { name, ms } of specs.toSorted((a, b) => b.ms - a.ms).slice(0, Number(values.slow))) {
  console.log(`${String(ms).padStart(7)} ms  ${name}`);
}
const seconds = ((performance.now() - began) / 1000).toFixed(1);
console.log(
  `${backend.name}: ${count('passed')} passed, ${count('failed')} failed, ${count('pending')} pending, in ${seconds} s`,
);
if (values.json !== undefined) {
  await writeFile(values.json, `${JSON.stringify(specs, null, 1)}\n`);
}
process.exitCode = count('failed') + errors.length === 0 ? 0 : 1;
