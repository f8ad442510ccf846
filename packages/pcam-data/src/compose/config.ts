import { checkKeys, describeValue } from '@pcam/options';

/** How patches are composed of two while training. Plain values, ready for JSON. */
export interface ComposeConfig {
  /** The share of patches that get pieces of another one, from 0 to 1. */
  readonly share: number;
  /** The chance that the other patch has the other label. */
  readonly opposite: number;
  /** Share of the training that passes before, from 0 to below 1: until then all patches stay whole. */
  readonly from: number;
}

/** Values in place of those of {@link COMPOSE}, or `true` for those; `false` leaves patches whole. */
export type ComposeOption = boolean | Partial<ComposeConfig>;

/** Half of the patches stay as they are; of the others most show a border between two kinds of tissue. */
export const COMPOSE: ComposeConfig = { share: 0.5, opposite: 0.75, from: 0 };

/**
 * The whole configuration behind an option; null where patches stay whole.
 *
 * @throws Error naming an unknown key or a value out of range.
 */
export function resolveCompose(option: ComposeOption = false): ComposeConfig | null {
  if (typeof option === 'boolean') return option ? COMPOSE : null;
  if (typeof option !== 'object' || option === null) {
    throw new Error(`compose must be true, false or an object, got ${describeValue(option)}`);
  }
  checkKeys<Partial<ComposeConfig>>('compose', option, { share: true, opposite: true, from: true });
  const { share = COMPOSE.share, opposite = COMPOSE.opposite, from = COMPOSE.from } = option;
  const config: ComposeConfig = { share, opposite, from };
  for (const [key, value] of Object.entries(config)) {
    if (!(value >= 0 && value <= 1)) {
      throw new Error(`compose.${key} must be a number from 0 to 1, got ${describeValue(value)}`);
    }
  }
  if (from === 1) throw new Error('compose.from must be below 1: no patch would be composed');
  return config.share > 0 ? config : null;
}
