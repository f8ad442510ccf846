import { writeFileSync } from 'node:fs';
import { z } from 'zod';
import { runCommand } from '../../src/index.js';

// Prints for as long as it works, then leaves a file: talk.ts --done FILE
await runCommand({
  name: 'talk',
  version: '1.0.0',
  summary: 'Talks.',
  options: z.strictObject({ done: z.string() }),
  examples: [],
  async run({ done }) {
    for (let i = 0; i < 20; i++) {
      process.stdout.write(`${i} ${'x'.repeat(10_000)}\n`);
      process.stderr.write(`${i}\n`);
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
    writeFileSync(done, 'done');
  },
});
