import { inGroup } from '@pcam/cli';
import { mapAverageNames } from '@pcam/evaluation';
import { layoutHelp, SPLITS } from '@pcam/pcam-data/node';
import { attributionNames, otherAttributionNames } from '@pcam/xai';
import { z } from 'zod';
import { GROUPS } from './groups.js';
import { attributionFlags } from './map-options.js';
import { EXPECTED, MASK_THRESHOLD, RULES_HELP } from './mask-threshold.js';
import { modelOptions } from './model-options.js';

/** Every flag of `pcam-evaluate`, and every key of its preset files. */
export const evaluateOptions = z.strictObject({
  ...inGroup('Data', {
    data: z
      .string()
      .describe(`Folder with the split to evaluate, in any layout (${layoutHelp})`)
      .meta({ placeholder: 'DIR' }),
    split: z.enum(SPLITS).default('test').describe('Which split of the data'),
    limit: z.number().int().min(0).default(0).describe('Evaluate the first N patches only; 0 takes all'),
  }),
  ...modelOptions,
  ...inGroup('Maps', {
    maps: z
      .number()
      .int()
      .min(0)
      .default(24)
      .describe('Patches in the gallery of attribution maps; 0 leaves it out'),
    attribution: z
      .enum(attributionNames)
      .default('gradCam')
      .describe('How maps are made')
      .meta({ placeholder: 'NAME', otherChoices: otherAttributionNames() }),
    ...attributionFlags,
    mapAverage: z
      .enum(mapAverageNames)
      .default('none')
      .describe('Average maps over the 8 symmetries of the square, over three scales, or both'),
    mapMargin: z
      .number()
      .int()
      .min(0)
      .default(0)
      .describe(
        'Pixels of reflected image around each patch while its map is made, for maps that are right at the border',
      )
      .meta({ placeholder: 'PIXELS' }),
    smoothing: z
      .number()
      .min(0)
      .default(0)
      .describe('Gaussian smoothing of the maps: standard deviation in pixels')
      .meta({ placeholder: 'SIGMA' }),
  }),
  ...inGroup('Masks', {
    segment: z
      .boolean()
      .default(false)
      .describe(
        'Cut the maps of all patches into masks and, where the data has masks, measure how well they agree',
      ),
    maskThreshold: z
      .string()
      .regex(MASK_THRESHOLD, EXPECTED)
      .default('otsu')
      .describe(
        `Map value from which a pixel counts as tumour, one for all patches, chosen on the validation split: ${RULES_HELP}`,
      )
      .meta({ placeholder: 'RULE' }),
    segmentValid: z
      .string()
      .optional()
      .describe('Folder whose validation split the mask threshold is chosen on; that of --data by default')
      .meta({ placeholder: 'DIR' }),
    minimumArea: z
      .number()
      .int()
      .min(0)
      .default(0)
      .describe('Drop connected parts of a mask with fewer pixels'),
    compareRun: z
      .string()
      .optional()
      .describe(
        'Another run, whose Grad-CAM masks are measured on the same patches, to see what is gained over it',
      )
      .meta({ placeholder: 'RUN' }),
  }),
  ...inGroup('Statistics', {
    resamples: z
      .number()
      .int()
      .min(0)
      .default(1000)
      .describe('Bootstrap resamples of the 95 % intervals; 0 leaves the intervals out'),
    seed: z.number().int().min(0).default(0).describe('Seed of the bootstrap'),
    groups: z
      .string()
      .regex(GROUPS, 'expected FILE.csv:COLUMN, the column that names the group of each patch')
      .optional()
      .describe(
        'CSV file with a header and a row a patch, and the column that names its group, such as its region: intervals draw whole groups; by default slides where the data tells them, else patches',
      )
      .meta({ placeholder: 'FILE.csv:COLUMN' }),
  }),
  ...inGroup('Output', {
    out: z
      .string()
      .describe(
        'Folder to write: metrics.json, predictions.csv, plots, gallery, report.html; other files in it stay',
      )
      .meta({ placeholder: 'DIR' }),
    overwrite: z
      .boolean()
      .default(false)
      .describe('Replace files in --out that pcam-evaluate did not write, or that were changed since'),
    json: z
      .boolean()
      .default(false)
      .describe('Print the metrics as one JSON object on stdout, and nothing else there'),
    preset: z
      .string()
      .optional()
      .describe('JSON file with any of these options by their camelCase names')
      .meta({ placeholder: 'FILE' }),
  }),
});

/** {@link evaluateOptions}, with every default filled in; `pcam-evaluate --help` tells what each is. */
export interface EvaluateOptions extends z.output<typeof evaluateOptions> {}
