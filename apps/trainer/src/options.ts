import { inGroup, optionFlags } from '@pcam/cli';
import { engineChoices, engineHelp } from '@pcam/engine';
import { slideAttributionOptions } from '@pcam/evaluation';
import { familyHelp, modelNames, presetNames } from '@pcam/models';
import { augmentNames } from '@pcam/pcam-data';
import { layoutHelp } from '@pcam/pcam-data/node';
import { defaultRecipe, monitorNames, optimizerNames } from '@pcam/training';
import { attributionNames, channelsNames, penaltyNames, positivesNames, regionNames } from '@pcam/xai';
import { z } from 'zod';
import { presetHelp } from './presets.js';
import { SELF } from './teacher.js';

/** What attributions take, where they are constrained. */
export const constraintOptions: ReturnType<typeof slideAttributionOptions> =
  slideAttributionOptions('training');

/** Of train's slides, where there is no valid split. */
export const VALID_FRACTION = 0.15;

const { loader, optimizer, constraint } = defaultRecipe;

/** Every flag of `pcam-train`, and every key of its preset files. Their defaults are the recipe of `@pcam/training`. */
export const trainOptions = z.strictObject({
  ...inGroup('Data', {
    data: z
      .string()
      .describe(
        `Folder with train and valid splits in any layout (${layoutHelp}), or "synthetic" for built-in painted patches`,
      )
      .meta({ placeholder: 'DIR|synthetic' }),
    limit: z.number().int().min(0).default(0).describe('Train on the first N patches only; 0 takes all'),
    validFraction: z
      .number()
      .gt(0)
      .lt(1)
      .default(VALID_FRACTION)
      .describe('Share of slides held out of train for validation, where there is no valid split'),
    augment: z
      .enum(augmentNames)
      .default(loader.augment)
      .describe(
        'How much training patches are varied: light as within one laboratory (turned, mirrored, shifted, a little stain), standard as between laboratories (more stain, brightness, contrast), strong beyond',
      ),
    compose: z
      .number()
      .min(0)
      .max(1)
      .default(loader.compose.share)
      .describe(
        'Share of the training patches that get pieces of another one, cut along smooth curves, so that many show a border between two kinds of tissue; 0 leaves all whole',
      )
      .meta({ placeholder: 'SHARE' }),
    composeFrom: z
      .number()
      .min(0)
      .lt(1)
      .default(loader.compose.from)
      .describe('Share of the training that passes before: until then all patches stay whole')
      .meta({ placeholder: 'SHARE' }),
    workers: z
      .number()
      .int()
      .min(0)
      .default(1)
      .describe('Threads that read and augment patches; 0 does it on the main thread'),
  }),
  ...inGroup('Model', {
    model: z.enum(modelNames).default(defaultRecipe.model.name).describe(`Family. ${familyHelp}`),
    modelPreset: z
      .string()
      .optional()
      .describe(
        `One of the sizes that the family comes in: ${modelNames.flatMap((name) => presetNames(name)).join(', ')}`,
      )
      .meta({ placeholder: 'NAME' }),
    modelOptions: z
      .record(z.string(), z.unknown())
      .optional()
      .describe("More of the family's options, over those of the preset, e.g. '{\"dropout\":0.3}'"),
    initFrom: z
      .string()
      .optional()
      .describe(
        "Begin with another run's best weights (or a .safetensors file's) and a fresh optimizer; the model is that run's where no --model flag is given",
      )
      .meta({ placeholder: 'RUN|FILE' }),
  }),
  ...inGroup('Optimisation', {
    epochs: z
      .number()
      .int()
      .min(1)
      .default(defaultRecipe.epochs)
      .describe(
        'Passes over the training split: the default suits a few thousand patches, and a pass over all of PCam is 150 times as long; with --resume, more of them lengthen the run',
      ),
    batchSize: z.number().int().min(2).default(loader.batchSize).describe('Patches per step'),
    optimizer: z.enum(optimizerNames).default(optimizer.name).describe('Update rule'),
    learningRate: z
      .number()
      .positive()
      .default(optimizer.learningRate)
      .describe('Learning rate at its peak, after the warm-up; from there it falls along a cosine to 0'),
    weightDecay: z
      .number()
      .min(0)
      .default(optimizer.weightDecay)
      .describe('Decoupled weight decay, on weights of two or more dimensions'),
    warmupEpochs: z
      .number()
      .min(0)
      .default(defaultRecipe.warmupEpochs)
      .describe('Epochs in which the learning rate climbs from 0 to its peak'),
    clipNorm: z
      .number()
      .min(0)
      .default(defaultRecipe.clipNorm)
      .describe('Gradients with a larger global norm are scaled down to it; 0 leaves all as they are'),
    emaDecay: z
      .number()
      .min(0)
      .lt(1)
      .default(defaultRecipe.emaDecay)
      .describe(
        'Decay a step of the moving average of the weights, which is what is validated and kept; 0 keeps the weights themselves',
      ),
    labelSmoothing: z
      .number()
      .min(0)
      .lt(1)
      .default(defaultRecipe.labelSmoothing)
      .describe('Share of the label given to the other class'),
    classWeight: z
      .enum(['none', 'balanced'])
      .default('none')
      .describe('balanced weights classes inversely to their frequency'),
    seed: z
      .number()
      .int()
      .min(0)
      .default(defaultRecipe.seed)
      .describe(
        'Seed of weights, order, augmentation and dropout: the same seed on the same engine gives the same bits',
      ),
  }),
  ...inGroup('Validation', {
    monitor: z
      .enum(monitorNames)
      .default(defaultRecipe.monitor)
      .describe(
        `Validation score that names the best checkpoint, and that --patience waits for: ${monitorNames.join(', ')}; last keeps the last epoch, whatever its scores`,
      )
      .meta({ placeholder: 'NAME' }),
    patience: z
      .number()
      .int()
      .min(0)
      .default(defaultRecipe.patience ?? 0)
      .describe('Stop after this many epochs without a better score; 0 never stops'),
    tta: z
      .boolean()
      .default(defaultRecipe.tta)
      .describe('At the end, choose temperature and threshold for 8-fold test-time augmentation too'),
  }),
  ...inGroup('Constraint', {
    constraint: z
      .string()
      .default('none')
      .describe(
        `Train attribution maps too: what healthy tissue contributes to the logit is driven below 0. none, or one or more (with commas) of ${attributionNames.join(', ')}`,
      )
      .meta({ placeholder: 'NAME' }),
    lambda: z
      .number()
      .min(0)
      .default(constraint.weight.lambda)
      .describe('Weight of the constraint beside the cross-entropy'),
    lambdaFrom: z
      .number()
      .min(0)
      .lt(1)
      .default(constraint.weight.from)
      .describe(
        'Share of the training that passes before the constraint sets in: lambda is 0 till then, and what was best before is forgotten',
      )
      .meta({ placeholder: 'SHARE' }),
    lambdaWarmup: z
      .number()
      .int()
      .min(0)
      .default(constraint.weight.warmup)
      .describe('Steps in which lambda then rises from 0'),
    lambdaRatio: z
      .number()
      .min(0)
      .default(0)
      .describe(
        "In place of --lambda: set it at each step so that the constraint's gradient is this many times the cross-entropy's; 0 does not",
      ),
    constraintPenalty: z
      .enum(penaltyNames)
      .default(constraint.penalty)
      .describe('softplus drives healthy tissue to vote against tumour, squared to 0, hinge to below 0'),
    constraintRegion: z
      .enum(regionNames)
      .default(constraint.region)
      .describe(
        'What counts as healthy: the centre 32×32 of negatives, also whole patches without tumour (needs the meta file), all of negatives, what is of a negative in composed patches (needs --compose), or what the masks leave out',
      ),
    constraintPositives: z
      .enum(positivesNames)
      .default(constraint.positives)
      .describe('What is taken for lesion: nothing (as in the paper), or the centre 32×32 of positives'),
    pseudoMasks: z
      .string()
      .optional()
      .describe(
        `In place of a region: masks that the averaged Grad-CAM of this finished run and the labels draw. ${SELF} trains such a run first, in the folder teacher of --out, as the same flags do without this one; --epochs counts for each of the two`,
      )
      .meta({ placeholder: `RUN|${SELF}` }),
    constraintFocus: z
      .number()
      .min(0)
      .default(constraint.focus)
      .describe(
        'Count healthy places by their vote for tumour to this power, so that tissue which negatives seldom show is not outvoted; 0 counts all alike',
      ),
    constraintScale: z
      .string()
      .regex(/^(rms|[0-9.e+-]+)$/, "must be a number or 'rms'")
      .default(String(constraint.scale))
      .describe(
        "What attributions are multiplied by before the penalty, or 'rms' to divide by their root mean square",
      )
      .meta({ placeholder: 'N|rms' }),
    constraintChannels: z
      .enum([...channelsNames, 'each'])
      .default(constraint.channels)
      .describe(
        'Of attributions of pixels: sum or average them over the colours before the penalty, or penalise each',
      ),
    ...optionFlags(constraintOptions, 'constraint'),
  }),
  ...inGroup('Run and output', {
    out: z
      .string()
      .describe('Run folder to write: new, empty, or with --resume a run')
      .meta({ placeholder: 'RUN' }),
    resume: z
      .boolean()
      .default(false)
      .describe(
        'Go on with the run in --out from its last checkpoint; its settings need not be said again. --data says where the data are now, --epochs lengthens it',
      ),
    engine: z.enum(engineChoices).default('auto').describe(engineHelp).meta({ placeholder: 'NAME' }),
    checkpointSeconds: z
      .number()
      .min(0)
      .default(60)
      .describe('Save within an epoch this often; 0 saves at its end only'),
    preset: z
      .string()
      .optional()
      .describe(
        `A recipe by name: ${presetHelp}. Or a JSON file with any of these options by their camelCase names. Flags go over it`,
      )
      .meta({ placeholder: 'NAME|FILE' }),
    dryRun: z
      .boolean()
      .default(false)
      .describe(
        'Check everything, take three steps on real data, say how long training takes, write nothing',
      ),
    overfitBatch: z
      .boolean()
      .default(false)
      .describe(
        'Train on one batch, without the constraint, until its loss is near 0, and write nothing: a check of model and data',
      ),
    json: z
      .boolean()
      .default(false)
      .describe('Print results as one JSON object on stdout, and nothing else there'),
  }),
});

/** {@link trainOptions}, with every default filled in; `pcam-train --help` tells what each is. */
export interface TrainOptions extends z.output<typeof trainOptions> {}

/** What others call our options. */
export const otherNames: Readonly<Record<string, keyof TrainOptions>> = {
  ema: 'emaDecay',
  selectBy: 'monitor',
  lr: 'learningRate',
  lr0: 'learningRate',
  device: 'engine',
  output: 'out',
  outDir: 'out',
  project: 'out',
  weights: 'initFrom',
  pretrained: 'initFrom',
  checkpoint: 'initFrom',
  arch: 'model',
  numWorkers: 'workers',
  maxEpochs: 'epochs',
  gradientClipVal: 'clipNorm',
  config: 'preset',
  recipe: 'preset',
};
