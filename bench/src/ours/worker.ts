/*
 * Our side of the benchmark as a process: reads one JSON request a line on stdin, answers each
 * with one JSON line. `worker.ts [engine]`
 */
import { createInterface } from 'node:readline';
import { describeError } from '@pcam/cli';
import { ourCommands } from './commands.js';

const commands = ourCommands(process.argv[2] ?? 'auto');
commands.catch(() => {}); // the first request hears of it

for await (const line of createInterface({ input: process.stdin })) {
  const request = JSON.parse(line) as { do: string };
  let answer: object;
  try {
    const command = (await commands)[request.do as 'hello'] as (details: object) => Promise<object>;
    answer = await command(request);
  } catch (error) {
    answer = { error: describeError(error) };
  }
  process.stdout.write(`${JSON.stringify(answer)}\n`);
}
