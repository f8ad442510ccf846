import { fileURLToPath } from 'node:url';
import { command } from '../../../vitest.command.js';

const pcamTrain = command(new URL('../../trainer/src/cli.ts', import.meta.url));

/** A run of the trainer that takes seconds, as a user would make it. */
export async function trainTinyRun(
  data: string,
  out: string,
  more: { model?: string; modelOptions?: object } = {},
): Promise<void> {
  const { model = 'cnn', modelOptions = { stemWidth: 8, widths: [8], depths: [1], strides: [2] } } = more;
  const { status, stderr } = await pcamTrain([
    ...['--data', data, '--out', out, '--model', model, '--model-options', JSON.stringify(modelOptions)],
    ...['--engine', 'wasm', '--epochs', '2', '--batch-size', '8'],
  ]);
  if (status !== 0)
    throw new Error(`the trainer ended with ${status}: ${stderr} in ${fileURLToPath(import.meta.url)}`);
}
