import { z } from 'zod';

/** What `--constraint` knows. */
export const ATTRIBUTIONS = [
  'gradient',
  'gradientTimesInput',
  'integratedGradients',
  'expectedGradients',
  'gradCam',
] as const;

/** Every flag of `pcam-train`, and every key of its preset files. */
export const trainOptions = z.strictObject({
  data: z
    .string()
    .describe(
      'Folder with train and valid splits (official .h5, Kaggle, folders, or a prepared cache), or "synthetic"',
    )
    .meta({ placeholder: 'DIR|synthetic' }),
  out: z.string().describe('Run folder to write').meta({ placeholder: 'RUN' }),
  model: z.enum(['cnn', 'fcn', 'resnet', 'vit']).default('cnn').describe('Model family'),
  modelPreset: z
    .string()
    .optional()
    .describe("A preset of the family, such as resnet's resnet18")
    .meta({ placeholder: 'NAME' }),
  modelOptions: z
    .record(z.string(), z.unknown())
    .optional()
    .describe("More of the model's options, e.g. '{\"dropout\":0.3}'"),
  engine: z
    .enum(['auto', 'tensorflow', 'native', 'webgpu', 'wasm', 'cpu'])
    .default('auto')
    .describe('Where numbers are computed')
    .meta({ placeholder: 'NAME' }),
  epochs: z.number().int().min(1).default(40).describe('Passes over the training split'),
  batchSize: z.number().int().min(2).default(32).describe('Patches per step'),
  optimizer: z.enum(['adamw', 'sgd']).default('adamw').describe('Update rule'),
  learningRate: z.number().positive().default(3e-3).describe('Peak learning rate'),
  weightDecay: z
    .number()
    .min(0)
    .default(0.05)
    .describe('Decoupled weight decay, on weights of two or more dimensions'),
  warmupEpochs: z.number().min(0).default(2).describe('Linear warm-up before the cosine'),
  clipNorm: z.number().positive().default(5).describe('Largest global gradient norm'),
  ema: z
    .number()
    .min(0)
    .lt(1)
    .default(0.99)
    .describe('Decay of the averaged weights that are kept; 0 turns them off'),
  labelSmoothing: z.number().min(0).lt(1).default(0).describe('Share of the label given to the other class'),
  classWeight: z
    .enum(['none', 'balanced'])
    .default('none')
    .describe('Weight classes inversely to their frequency'),
  augment: z
    .enum(['none', 'light', 'standard', 'strong'])
    .default('standard')
    .describe('Dihedral symmetries, stain and brightness jitter, shifts'),
  patience: z
    .number()
    .int()
    .min(0)
    .default(0)
    .describe('Stop after this many epochs without a better score; 0 never stops'),
  selectBy: z
    .enum(['auroc', 'loss'])
    .default('auroc')
    .describe('Validation score that names the best checkpoint'),
  tta: z.boolean().default(true).describe('Calibrate for 8-fold test-time augmentation too'),
  checkpointSeconds: z
    .number()
    .min(0)
    .default(60)
    .describe('Save within an epoch this often; 0 saves at its end only'),
  workers: z
    .number()
    .int()
    .min(0)
    .default(1)
    .describe('Threads that read and augment; 0 reads on the main thread'),
  constraint: z
    .string()
    .default('none')
    .describe(
      `Constrain attributions of healthy tissue while training: none, or one or more (with commas) of ${ATTRIBUTIONS.join(', ')}`,
    )
    .meta({ placeholder: 'NAME' }),
  lambda: z.number().min(0).default(0.3).describe('Weight of the constraint beside the cross-entropy'),
  lambdaWarmup: z.number().int().min(0).default(100).describe('Steps in which lambda rises from 0'),
  lambdaRatio: z
    .number()
    .min(0)
    .default(0)
    .describe(
      "Set lambda so that the constraint's gradient is this many times the cross-entropy's; 0 does not",
    ),
  constraintPenalty: z
    .enum(['softplus', 'squared', 'hinge'])
    .default('softplus')
    .describe('softplus drives healthy tissue to vote against tumour, squared to zero, hinge to below zero'),
  constraintRegion: z
    .enum(['centre', 'tumorFree', 'negatives', 'masks'])
    .default('centre')
    .describe(
      'What counts as healthy: the centre 32×32 of negatives, also whole patches without tumour (needs the meta file), all of negatives, or the masks',
    ),
  constraintPositives: z
    .enum(['unknown', 'centre'])
    .default('centre')
    .describe('What is taken for lesion: nothing (as in the paper), or the centre 32×32 of positives'),
  pseudoMasks: z
    .string()
    .optional()
    .describe(
      'Constrain to masks that the averaged Grad-CAM of this finished run and the labels make, in place of a region',
    )
    .meta({ placeholder: 'RUN' }),
  constraintScale: z
    .string()
    .regex(/^(rms|[0-9.e+-]+)$/, "must be a number or 'rms'")
    .default('1')
    .describe(
      "What attributions are multiplied by before the penalty, or 'rms' to divide by their root mean square",
    )
    .meta({ placeholder: 'N|rms' }),
  constraintChannels: z
    .enum(['sum', 'each'])
    .default('sum')
    .describe('Sum attributions of pixels over the colours before the penalty, or penalise each'),
  constraintLayer: z
    .string()
    .optional()
    .describe('Layer of the gradCam constraint; the last one by default')
    .meta({ placeholder: 'NAME' }),
  constraintSteps: z.number().int().min(1).default(4).describe('Forward passes of integratedGradients'),
  constraintSamples: z.number().int().min(1).default(1).describe('Draws of expectedGradients'),
  limit: z.number().int().min(0).default(0).describe('Train on the first N patches only; 0 takes all'),
  validFraction: z
    .number()
    .gt(0)
    .lt(1)
    .default(0.15)
    .describe('Share of slides held out of train where there is no valid split'),
  seed: z.number().int().min(0).default(0).describe('Seed of weights, order and augmentation'),
  preset: z
    .string()
    .optional()
    .describe('JSON file with any of these options by their camelCase names')
    .meta({ placeholder: 'FILE' }),
  resume: z.boolean().default(false).describe('Go on with the run in --out from its last checkpoint'),
  overfitBatch: z
    .boolean()
    .default(false)
    .describe('Train on one batch until its loss is near zero: a check of model and data'),
  dryRun: z.boolean().default(false).describe('Check everything, take one step on real data, write nothing'),
  json: z
    .boolean()
    .default(false)
    .describe('Print results as one JSON object on stdout, and nothing else there'),
});

export type TrainOptions = z.output<typeof trainOptions>;
