import { inGroup } from '@pcam/cli';
import { mapAverageNames } from '@pcam/evaluation';
import { SPLITS } from '@pcam/pcam-data/node';
import { attributionNames, needsReferences, otherAttributionNames } from '@pcam/xai';
import { z } from 'zod';
import { unlabelledFlags } from '../map-options.js';
import { modelOptions } from '../model-options.js';

/** Every flag of `pcam-predict`, and every key of its preset files. */
export const predictImagesOptions = z.strictObject({
  ...inGroup('Data', {
    images: z
      .string()
      .describe(
        'What to predict, no labels needed: an image, a folder of images, an .h5 file with an array x, or a data set',
      )
      .meta({ placeholder: 'PATH' }),
    split: z.enum(SPLITS).default('test').describe('Which split, where --images is a data set'),
    limit: z.number().int().min(0).default(0).describe('Predict the first N images only; 0 takes all'),
    skipBroken: z
      .boolean()
      .default(false)
      .describe(
        'Leave out image files that cannot be read or differ in size, and name them; else they are an error',
      ),
  }),
  ...modelOptions,
  ...inGroup('Maps', {
    maps: z
      .boolean()
      .default(false)
      .describe(
        'Write an attribution map an image: over it as .png, and raw as .npy (float32, [height, width])',
      ),
    attribution: z
      .enum(attributionNames.filter((name) => !needsReferences(name)))
      .optional()
      .describe('How maps are made; gradCam by default')
      .meta({ placeholder: 'NAME', otherChoices: otherAttributionNames() }),
    ...unlabelledFlags,
    mapAverage: z
      .enum(mapAverageNames)
      .optional()
      .describe(
        'Average maps over the 8 symmetries of the square, over three scales, or both; none by default',
      ),
    mapMargin: z
      .number()
      .int()
      .min(0)
      .optional()
      .describe('Pixels of reflected image around each image while its map is made; 0 by default')
      .meta({ placeholder: 'PIXELS' }),
    smoothing: z
      .number()
      .min(0)
      .optional()
      .describe('Gaussian smoothing of the maps: standard deviation in pixels; 0 by default')
      .meta({ placeholder: 'SIGMA' }),
  }),
  ...inGroup('Masks', {
    masks: z
      .string()
      .optional()
      .describe(
        'Cut the maps into masks and write them as .png: at a number, or as an evaluation with --segment did, given its folder (its maps are then made as there)',
      )
      .meta({ placeholder: 'NUMBER|EVALUATION' }),
    minimumArea: z
      .number()
      .int()
      .min(0)
      .optional()
      .describe('Drop connected parts of a mask with fewer pixels; 0 by default'),
  }),
  ...inGroup('Output', {
    out: z
      .string()
      .optional()
      .describe('Folder to write: predictions.csv, maps/, masks/; without it, the table goes to stdout')
      .meta({ placeholder: 'DIR' }),
    overwrite: z
      .boolean()
      .default(false)
      .describe('Replace files in --out that pcam-predict did not write, or that were changed since'),
    json: z
      .boolean()
      .default(false)
      .describe('Print the predictions as one JSON array on stdout, and nothing else there'),
    preset: z
      .string()
      .optional()
      .describe('JSON file with any of these options by their camelCase names')
      .meta({ placeholder: 'FILE' }),
  }),
});

/** {@link predictImagesOptions}, with every default filled in; `pcam-predict --help` tells what each is. */
export interface PredictImagesOptions extends z.output<typeof predictImagesOptions> {}
