import { engineChoices, engineHelp } from '@pcam/engine';
import { positivesNames, regionNames } from '@pcam/xai';
import { z } from 'zod';
import { NETWORKS, type Network, TRAININGS, type Training } from './settings.js';

const numbers = (text: string): number[] => text.split(',').map(Number);
const known = z.array(z.enum(TRAININGS as [Training, ...Training[]]));

export const experimentOptions = z.strictObject({
  part: z
    .enum(['synthetic', 'shortcut', 'real', 'pictures', 'report'])
    .default('synthetic')
    .describe('Which experiment; report only draws what results there are'),
  out: z
    .string()
    .default('results/constraint')
    .describe('Folder of results; finished networks are not trained again')
    .meta({ placeholder: 'DIR' }),
  trainings: z
    .string()
    .default(TRAININGS.join(','))
    .describe(`Attributions to constrain, of ${TRAININGS.join(', ')}`)
    .meta({ placeholder: 'NAMES' })
    .transform((text) => known.parse(text.split(','))),
  lambdas: z
    .string()
    .default('1')
    .describe('Weights of the constraint')
    .meta({ placeholder: 'NUMBERS' })
    .transform(numbers),
  seeds: z
    .string()
    .default('0,1,2')
    .describe('Seeds of the networks')
    .meta({ placeholder: 'NUMBERS' })
    .transform(numbers),
  network: z
    .enum(NETWORKS as [Network, ...Network[]])
    .default('cnn-fine')
    .describe('The classifier'),
  region: z
    .enum(regionNames.filter((name) => name !== 'masks'))
    .default('centre')
    .describe('What is taken for healthy'),
  positives: z
    .enum(['auto', ...positivesNames])
    .default('auto')
    .describe(
      'What is taken for lesion; auto: the centre of positives for gradCam, nothing for attributions of pixels',
    ),
  size: z.number().int().default(64).describe('Height and width of synthetic patches'),
  train: z.number().int().min(32).default(1536).describe('Training patches'),
  valid: z.number().int().min(16).default(256).describe('Validation patches'),
  test: z.number().int().min(16).default(384).describe('Test patches'),
  epochs: z.number().int().min(1).default(12).describe('Passes over the training patches'),
  realData: z
    .string()
    .optional()
    .describe('Folder with real patches to train on, for --part real')
    .meta({ placeholder: 'DIR' }),
  maskedData: z
    .string()
    .optional()
    .describe('Folder with real masked patches, for --part real')
    .meta({ placeholder: 'DIR' }),
  engine: z.enum(engineChoices).default('auto').describe(engineHelp).meta({ placeholder: 'NAME' }),
});

export type ExperimentOptions = z.output<typeof experimentOptions>;
