import { z } from 'zod';
import { ATTRIBUTIONS } from './attribution/names.js';
import { MASK_THRESHOLD } from './segmentation/rule.js';

/** Every flag of `pcam-evaluate`, and every key of its preset files. */
export const evaluateOptions = z.strictObject({
  run: z.string().describe('Run folder that pcam-train wrote').meta({ placeholder: 'RUN' }),
  data: z
    .string()
    .describe('Folder with the split to evaluate (official .h5, Kaggle, folders, or a prepared cache)')
    .meta({ placeholder: 'DIR' }),
  out: z
    .string()
    .describe('Folder to write: metrics.json, predictions.csv, plots, gallery, report.html')
    .meta({ placeholder: 'DIR' }),
  overwrite: z
    .boolean()
    .default(false)
    .describe('Replace files in --out that an evaluation did not write, or that were changed since'),
  split: z.enum(['train', 'valid', 'test']).default('test').describe('Which split of the data'),
  checkpoint: z.enum(['best', 'last']).default('best').describe('Which weights of the run'),
  engine: z
    .enum(['auto', 'tensorflow', 'native', 'webgpu', 'wasm', 'cpu'])
    .default('auto')
    .describe('Where numbers are computed')
    .meta({ placeholder: 'NAME' }),
  tta: z.boolean().default(false).describe('Average the logits of the 8 symmetries of each patch'),
  batchSize: z.number().int().min(1).default(32).describe('Patches at a time'),
  limit: z.number().int().min(0).default(0).describe('Evaluate the first N patches only; 0 takes all'),
  maps: z.number().int().min(0).default(24).describe('Patches in the attribution gallery; 0 leaves it out'),
  attribution: z
    .enum(ATTRIBUTIONS)
    .default('gradCam')
    .describe('How maps are made')
    .meta({ placeholder: 'NAME' }),
  layer: z
    .string()
    .optional()
    .describe('Layer of the Grad-CAM maps; the last one by default')
    .meta({ placeholder: 'NAME' }),
  mapAverage: z
    .enum(['none', 'dihedral', 'multiScale', 'both'])
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
  segment: z
    .boolean()
    .default(false)
    .describe('Cut the maps into masks and compare these with the masks of the data'),
  maskThreshold: z
    .string()
    .regex(MASK_THRESHOLD, 'expected otsu, labels, quantile:Q with Q between 0 and 1, best-f1 or a number')
    .default('otsu')
    .describe(
      'Where maps are cut: otsu, labels (where they are told best, on the validation split), quantile:Q, best-f1 (on masks of the validation split) or a number',
    )
    .meta({ placeholder: 'RULE' }),
  minimumArea: z
    .number()
    .int()
    .min(0)
    .default(0)
    .describe('Drop connected parts of a mask with fewer pixels'),
  segmentValid: z
    .string()
    .optional()
    .describe('Folder whose validation split the mask threshold is chosen on; that of --data by default')
    .meta({ placeholder: 'DIR' }),
  compareRun: z
    .string()
    .optional()
    .describe('Another run, whose Grad-CAM masks are measured beside')
    .meta({ placeholder: 'RUN' }),
  threshold: z
    .number()
    .min(0)
    .max(1)
    .optional()
    .describe(
      "Probability from which a patch counts as tumour; the run's own, from its validation split, by default",
    ),
  resamples: z
    .number()
    .int()
    .min(0)
    .default(1000)
    .describe('Bootstrap resamples of the intervals; 0 leaves them out'),
  seed: z.number().int().min(0).default(0).describe('Seed of the bootstrap'),
  preset: z
    .string()
    .optional()
    .describe('JSON file with any of these options by their camelCase names')
    .meta({ placeholder: 'FILE' }),
  json: z
    .boolean()
    .default(false)
    .describe('Print the metrics as one JSON object on stdout, and nothing else there'),
});

export type EvaluateOptions = z.output<typeof evaluateOptions>;
