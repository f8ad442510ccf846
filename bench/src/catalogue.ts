import type { CreateModelOptions } from '@pcam/models';

/** What is timed; PyTorch's twins are in torch/models.py under the same names. */
export const MODELS = {
  resnet18: { name: 'resnet', preset: 'resnet18' },
  'vit-small': { name: 'vit', preset: 'vit-small' },
} as const satisfies Readonly<Record<string, CreateModelOptions>>;

export type ModelKey = keyof typeof MODELS;

/** One step of each is timed; PyTorch's are in torch/rows.py under the same names. */
export const ROWS = {
  train: 'forward, cross-entropy, backward, AdamW',
  inference: 'forward',
  'grad-cam': 'maps at the last stage or block, 96×96',
  constrained: 'train, the loss holding ∂logit/∂image',
} as const;

export type RowKey = keyof typeof ROWS;

/** Second derivatives of attention are nothing that anyone here trains with. */
export function hasRow(model: ModelKey, row: RowKey): boolean {
  return row !== 'constrained' || model === 'resnet18';
}

/** The layer that Grad-CAM explains. */
export const EXPLAINED: Readonly<Record<ModelKey, string>> = {
  resnet18: 'stages.3',
  'vit-small': 'blocks.3',
};

/** Height and width of the images. */
export const SIZE = 96;

/** So small that hundreds of steps on one batch leave every number ordinary: no NaN, no denormal. */
export const SETTINGS = { learningRate: 1e-5, weightDecay: 0.01 } as const;

/** The constraint's weight where the models are compared: by itself it hardly moves the gradient norm. */
export const CHECKED_WEIGHT = 1e5;
