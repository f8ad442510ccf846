import { UsageError } from '@pcam/cli';
import { engineChoices, engineHelp } from '@pcam/engine';
import { z } from 'zod';
import { hasRow, MODELS, type ModelKey, ROWS, type RowKey } from './catalogue.js';

const whole = (least: number): z.ZodNumber => z.number().int().min(least);

/** Every flag of `npm run bench`. */
export const benchOptions = z.strictObject({
  models: z
    .string()
    .default(Object.keys(MODELS).join())
    .describe('Which models')
    .meta({ placeholder: 'A,B' }),
  rows: z.string().default(Object.keys(ROWS).join()).describe('What to time').meta({ placeholder: 'A,B' }),
  batch: whole(1).default(32).describe('Images per step'),
  rounds: whole(1).default(7).describe('Turns of each side'),
  iterations: whole(1).default(3).describe('Steps per turn'),
  threads: whole(1).default(2).describe('Of each side; ours reads PCAM_THREADS'),
  engine: z.enum(engineChoices).default('auto').describe(engineHelp).meta({ placeholder: 'NAME' }),
  alone: z.boolean().default(false).describe('Time ours alone: no PyTorch, no ratios'),
  kernels: z.boolean().default(false).describe('Also which kernels of ours take the time'),
  python: z
    .string()
    .optional()
    .describe('Interpreter that has torch; looked for otherwise')
    .meta({ placeholder: 'FILE' }),
  seed: whole(0).default(0).describe('Of weights and images'),
  markdown: z.string().optional().describe('Write the results as Markdown').meta({ placeholder: 'FILE' }),
  json: z.string().optional().describe('Write everything measured as JSON').meta({ placeholder: 'FILE' }),
});

export type BenchOptions = z.output<typeof benchOptions>;

export const examples: readonly string[] = [
  'npm run bench',
  'npm run bench -- --models resnet18 --rows train,inference --rounds 11',
  'npm run bench -- --engine wasm --batch 8 --rounds 3 --iterations 1   (a quick look)',
  'npm run bench -- --alone --kernels --rows train                      (where our time goes)',
  'npm run bench -- --markdown results.md --json results.json',
];

/** The models and rows asked for. @throws UsageError that lists what exists. */
export function chosenRows(
  options: Pick<BenchOptions, 'models' | 'rows'>,
): { readonly model: ModelKey; readonly rows: readonly RowKey[] }[] {
  const models = listed('models', options.models, Object.keys(MODELS)) as ModelKey[];
  const rows = listed('rows', options.rows, Object.keys(ROWS)) as RowKey[];
  const chosen = models.map((model) => ({ model, rows: rows.filter((row) => hasRow(model, row)) }));
  const some = chosen.filter((entry) => entry.rows.length > 0);
  if (some.length > 0) return some;
  throw new UsageError(`--rows: ${options.rows} is timed for resnet18 only, not for ${options.models}`);
}

function listed(flag: string, text: string, known: readonly string[]): string[] {
  const names = [...new Set(text.split(',').map((name) => name.trim()))];
  const stranger = names.find((name) => !known.includes(name));
  if (stranger === undefined) return names;
  throw new UsageError(`--${flag}: expected some of ${known.join(',')}, got "${stranger}"`);
}
