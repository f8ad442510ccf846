import { UsageError } from '@pcam/cli';
import { engineChoices, engineHelp } from '@pcam/engine';
import { z } from 'zod';
import { SETTING_NAMES } from './settings.js';

/** A data set with true masks, of which no network is told. */
export interface MaskedSource {
  readonly name: string;
  readonly folder: string;
  /** What patches belong together: a column of a CSV with a row a patch. */
  readonly groups?: { readonly path: string; readonly column: string };
}

export const experimentOptions = z.strictObject({
  part: z
    .enum(['synthetic', 'real', 'shortcut', 'pictures', 'report'])
    .default('synthetic')
    .describe(
      'What to do: train and measure on synthetic or real patches, test for shortcuts, draw maps; report only writes tables from what results there are',
    ),
  out: z
    .string()
    .default('results/constraint')
    .describe('Folder of networks and results; what is there is not made again')
    .meta({ placeholder: 'DIR' }),
  settings: z
    .string()
    .default('plain,composed,segmentation')
    .describe(`Ways to train, of ${SETTING_NAMES.join(', ')}`)
    .meta({ placeholder: 'NAMES' })
    .transform((text) => settingNames('--settings', text)),
  seeds: z
    .string()
    .default('0,1,2')
    .describe('Seeds of the networks')
    .meta({ placeholder: 'NUMBERS' })
    .transform(seedsIn),
  epochs: z.number().int().min(1).default(30).describe('Passes over the training patches'),
  realData: z
    .string()
    .optional()
    .describe('Folder with real patches to train on, for all parts but synthetic')
    .meta({ placeholder: 'DIR' }),
  masked: z
    .string()
    .default('')
    .describe(
      'Real patches with masks to measure maps on, NAME=DIR,NAME=DIR@CSV:COLUMN …: the column of a CSV in DIR tells what patches belong together (else their slides, or each by itself)',
    )
    .meta({ placeholder: 'SETS' })
    .transform(maskedSources),
  size: z.number().int().default(96).describe('Height and width of synthetic patches'),
  train: z.number().int().min(32).default(1536).describe('Synthetic patches to train on'),
  valid: z.number().int().min(16).default(256).describe('Synthetic patches to validate on'),
  test: z.number().int().min(16).default(384).describe('Synthetic patches to test on'),
  against: z
    .string()
    .optional()
    .describe('Setting that the report holds all others against, in place of the same data unconstrained')
    .meta({ placeholder: 'NAME' })
    .transform((text) => (text === undefined ? undefined : settingNames('--against', text)[0])),
  sets: z
    .string()
    .optional()
    .describe('Masked sets that the report, or pictures, are of (all)')
    .meta({ placeholder: 'NAMES' })
    .transform((text) => text?.split(',')),
  engine: z.enum(engineChoices).default('auto').describe(engineHelp).meta({ placeholder: 'NAME' }),
});

export type ExperimentOptions = z.output<typeof experimentOptions>;

function settingNames(flag: string, text: string): string[] {
  const names = text.split(',');
  const unknown = names.find((name) => !SETTING_NAMES.includes(name));
  if (unknown === undefined) return names;
  throw new UsageError(`${flag}: no setting "${unknown}"; there are ${SETTING_NAMES.join(', ')}`);
}

function seedsIn(text: string): number[] {
  const seeds = text.split(',').map(Number);
  if (text !== '' && seeds.every((seed) => Number.isInteger(seed) && seed >= 0)) return seeds;
  throw new UsageError(`--seeds: "${text}" is no list of whole numbers from 0 on, such as 0,1,2`);
}

/** @throws UsageError for what is no NAME=DIR[@CSV:COLUMN]. */
export function maskedSources(text: string): MaskedSource[] {
  return text
    .split(',')
    .filter(Boolean)
    .map((part) => {
      const told = /^([^=]+)=([^@]+)(?:@([^:]+):(.+))?$/.exec(part);
      if (!told) throw new UsageError(`--masked: "${part}" is no NAME=DIR or NAME=DIR@CSV:COLUMN`);
      const [, name, folder, path, column] = told as unknown as string[];
      return {
        name: name!,
        folder: folder!,
        ...(path !== undefined && { groups: { path, column: column! } }),
      };
    });
}
