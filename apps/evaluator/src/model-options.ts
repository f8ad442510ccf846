import { inGroup } from '@pcam/cli';
import { engineChoices, engineHelp } from '@pcam/engine';
import { runWeightsNames } from '@pcam/training/node';
import { z } from 'zod';

/** How a run is asked, by both commands. */
export const modelOptions = inGroup('Model', {
  run: z.string().describe('Run folder that pcam-train wrote').meta({ placeholder: 'RUN' }),
  checkpoint: z
    .enum(runWeightsNames)
    .default('best')
    .describe('Weights of the best epoch, or of the last (which no validation calibrated)'),
  tta: z
    .boolean()
    .default(false)
    .describe('Average the logits of the 8 symmetries of each patch (test-time augmentation)'),
  threshold: z
    .number()
    .min(0)
    .max(1)
    .optional()
    .describe(
      "Calibrated probability from which a patch counts as tumour; the run's own, from its validation split, by default",
    ),
  engine: z.enum(engineChoices).default('auto').describe(engineHelp).meta({ placeholder: 'NAME' }),
  batchSize: z.number().int().min(1).default(32).describe('Patches at a time'),
});
