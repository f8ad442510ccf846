import { checkChoice, checkKeys, type KnownKeys } from '@pcam/options';

/**
 * How patches are varied while training. Plain values, ready for JSON; 0 (or false)
 * switches a part off. Each patch draws its own values, uniformly from the given range.
 */
export interface AugmentConfig {
  /** One of the 8 symmetries of the square (4 where height ≠ width), exact. */
  readonly dihedral: boolean;
  /**
   * Largest shift along y and x, whole pixels, edges reflected. A patch keeps its label, and
   * PCam's label speaks of the centre 32×32 alone, so a large shift makes wrong labels:
   * keep it at 4 or less.
   */
  readonly shift: number;
  /** Largest rotation about the centre, degrees, bilinear, edges reflected. */
  readonly rotate: number;
  /** Largest zoom z: the patch is scaled by a factor in [1/(1+z), 1+z]. */
  readonly zoom: number;
  /** σ of stain jitter c ← α·c + β: α in [1-σ, 1+σ], for haematoxylin, eosin and residual each. */
  readonly stainScale: number;
  /** Largest |β| of the same, in units of optical density (natural logarithm). */
  readonly stainOffset: number;
  /** Largest change of brightness, added to RGB in [0, 1]. */
  readonly brightness: number;
  /** Largest relative change of contrast about mid-grey. */
  readonly contrast: number;
  /**
   * The share of patches whose colours fade: each pixel's colour moves towards the patch's mean tint at the pixel's own
   * lightness, all the way at most. What is left is what shapes and textures tell.
   */
  readonly fadeProbability: number;
  /** The share of patches that are blurred by a Gaussian. */
  readonly blurProbability: number;
  /** Its largest standard deviation, pixels. */
  readonly blurSigma: number;
  /** The largest standard deviation of Gaussian noise, RGB in [0, 1]. */
  readonly noiseSigma: number;
}

/** The presets, from no change to the largest. */
export const augmentNames = ['none', 'light', 'standard', 'faded', 'strong'] as const;

/**
 * `light` is what one laboratory varies by from day to day, `standard` also what slides of others look like; `faded` is
 * `standard` with colours that fade in most patches, so that shapes must tell; `strong` is as far as a patch can go and
 * still look like one.
 */
export type AugmentPreset = (typeof augmentNames)[number];

/** A preset by name, or values that replace those of a preset (`none` where none is named). */
export type AugmentOption = AugmentPreset | (Partial<AugmentConfig> & { readonly preset?: AugmentPreset });

const NONE: AugmentConfig = {
  dihedral: false,
  shift: 0,
  rotate: 0,
  zoom: 0,
  stainScale: 0,
  stainOffset: 0,
  brightness: 0,
  contrast: 0,
  fadeProbability: 0,
  blurProbability: 0,
  blurSigma: 0,
  noiseSigma: 0,
};
/** What one laboratory varies by from day to day. */
const LIGHT: AugmentConfig = { ...NONE, dihedral: true, shift: 2, stainScale: 0.05, stainOffset: 0.02 };
/** Looks like slides of other laboratories and scanners. */
const STANDARD: AugmentConfig = {
  ...NONE,
  dihedral: true,
  shift: 4,
  stainScale: 0.2,
  stainOffset: 0.04,
  brightness: 0.05,
  contrast: 0.1,
};
/** Pink alone then does not tell stroma from lymphocytes, nor tumour from either. */
const FADED: AugmentConfig = { ...STANDARD, fadeProbability: 0.7 };
/** As far as a patch can go and still look like one. */
const STRONG: AugmentConfig = {
  dihedral: true,
  shift: 4,
  rotate: 15,
  zoom: 0.1,
  stainScale: 0.3,
  stainOffset: 0.08,
  brightness: 0.1,
  contrast: 0.2,
  fadeProbability: 0,
  blurProbability: 0.3,
  blurSigma: 0.8,
  noiseSigma: 0.02,
};

/** The presets, for reading and printing. */
export const AUGMENT_PRESETS: Readonly<Record<AugmentPreset, AugmentConfig>> = {
  none: NONE,
  light: LIGHT,
  standard: STANDARD,
  faded: FADED,
  strong: STRONG,
};

/** The largest value that each number may have. */
const LIMITS: Readonly<Record<Exclude<keyof AugmentConfig, 'dihedral'>, number>> = {
  shift: 16,
  rotate: 180,
  zoom: 1,
  stainScale: 0.9,
  stainOffset: 1,
  brightness: 1,
  contrast: 0.9,
  fadeProbability: 1,
  blurProbability: 1,
  blurSigma: 4,
  noiseSigma: 0.5,
};

const KNOWN: KnownKeys<Exclude<AugmentOption, string>> = {
  preset: true,
  dihedral: true,
  shift: true,
  rotate: true,
  zoom: true,
  stainScale: true,
  stainOffset: true,
  brightness: true,
  contrast: true,
  fadeProbability: true,
  blurProbability: true,
  blurSigma: true,
  noiseSigma: true,
};

/**
 * The whole configuration behind an option.
 *
 * @throws Error naming an unknown preset or key, or a value out of range.
 */
export function resolveAugment(option: AugmentOption = 'none'): AugmentConfig {
  if (typeof option !== 'string' && (typeof option !== 'object' || option === null)) {
    throw new Error(`augment must be a preset name or an object, got ${option}`);
  }
  const given = typeof option === 'string' ? { preset: option } : option;
  checkKeys<Exclude<AugmentOption, string>>('augment', given, KNOWN);
  const { preset = 'none', ...rest } = given;
  const values = Object.fromEntries(Object.entries(rest).filter(([, value]) => value !== undefined));
  checkChoice('augment: preset', preset, augmentNames);
  const base = AUGMENT_PRESETS[preset];
  for (const [key, value] of Object.entries(values)) {
    if (key === 'dihedral') {
      if (typeof value !== 'boolean') throw new Error(`augment.dihedral must be true or false, got ${value}`);
      continue;
    }
    const limit = LIMITS[key as keyof typeof LIMITS];
    if (typeof value !== 'number' || !(value >= 0 && value <= limit)) {
      throw new Error(`augment.${key} must be a number from 0 to ${limit}, got ${value}`);
    }
    if (key === 'shift' && !Number.isInteger(value)) {
      throw new Error(`augment.shift must be a whole number of pixels, got ${value}`);
    }
  }
  return { ...base, ...values };
}
