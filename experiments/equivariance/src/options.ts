import { engineChoices, engineHelp } from '@pcam/engine';
import { defaultRecipe } from '@pcam/training';
import { z } from 'zod';
import { networkNames } from './networks.js';

/** A flag of several values with commas between them, each once. */
function list<T>(value: z.ZodType<T, string>, standard: readonly T[]) {
  return z
    .string()
    .default(standard.join(','))
    .transform((text) => [...new Set(text.split(',').map((part) => part.trim()))])
    .pipe(z.array(value));
}

const number = z
  .string()
  .regex(/^\d+(\.\d+)?$/, 'must be numbers with commas between them')
  .transform(Number);

export const experimentOptions = z.strictObject({
  part: z
    .enum(['synthetic', 'real', 'report'])
    .default('synthetic')
    .describe('What to train on; report only draws what results there are'),
  out: z
    .string()
    .default('results/equivariance')
    .describe('Folder of results; finished networks are not trained again, half-finished ones go on')
    .meta({ placeholder: 'DIR' }),
  networks: list(z.enum(networkNames), networkNames)
    .describe(`Which to train, of ${networkNames.join(', ')}`)
    .meta({ placeholder: 'NAMES' }),
  shares: list(number.pipe(z.number().gt(0).max(100)), [10, 25, 50, 100])
    .describe('Per cent of the training patches; smaller shares are part of larger ones')
    .meta({ placeholder: 'NUMBERS' }),
  seeds: list(number.pipe(z.number().int()), [0, 1, 2])
    .describe('Seeds of weights, order and augmentation; the shares are the same for all')
    .meta({ placeholder: 'NUMBERS' }),
  steps: z
    .number()
    .int()
    .min(1)
    .default(1200)
    .describe('Optimizer steps on all training patches; a share of them takes √share of it'),
  learningRate: z
    .number()
    .positive()
    .default(defaultRecipe.optimizer.learningRate)
    .describe('Learning rate at its peak, the same for all networks'),
  realData: z
    .string()
    .optional()
    .describe('Folder with real patches in train, valid and test splits, for --part real')
    .meta({ placeholder: 'DIR' }),
  size: z.number().int().default(96).describe('Height and width of synthetic patches'),
  train: z.number().int().min(16).default(1024).describe('Synthetic training patches'),
  valid: z.number().int().min(16).default(256).describe('Synthetic validation patches'),
  test: z.number().int().min(16).default(512).describe('Synthetic test patches'),
  dryRun: z
    .boolean()
    .default(false)
    .describe('Measure a few steps of each network, tell what all of it would take, and write nothing'),
  engine: z.enum(engineChoices).default('auto').describe(engineHelp).meta({ placeholder: 'NAME' }),
});

export type ExperimentOptions = z.output<typeof experimentOptions>;
