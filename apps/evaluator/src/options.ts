import { z } from 'zod';

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
  layer: z
    .string()
    .optional()
    .describe('Layer of the Grad-CAM maps; the last one by default')
    .meta({ placeholder: 'NAME' }),
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
