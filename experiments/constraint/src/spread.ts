import type { Attribution } from '@pcam/xai';

/**
 * How much of what maps tell is which patch rather than which place: the variance of patches' means, as a share of the
 * variance of all values. 1 for maps that are one constant each.
 */
export function mapSpread(): {
  /** The same maps, of which each is counted. */
  counted(maps: Attribution): Attribution;
  /** Null without maps, or where all values are one. */
  betweenPatches(): number | null;
} {
  const patches: { readonly mean: number; readonly variance: number }[] = [];
  return {
    counted: (maps) => (images) => {
      const made = maps(images);
      const values = made.dataSync<'float32'>();
      const pixels = values.length / made.shape[0];
      for (let at = 0; at < values.length; at += pixels) {
        patches.push(momentsOf(values.subarray(at, at + pixels)));
      }
      return made;
    },
    betweenPatches() {
      const { variance: between } = momentsOf(patches.map(({ mean }) => mean));
      const within = patches.reduce((sum, { variance }) => sum + variance, 0) / patches.length;
      const all = between + within;
      return all > 0 ? between / all : null;
    },
  };
}

function momentsOf(values: ArrayLike<number>): { readonly mean: number; readonly variance: number } {
  const { length } = values;
  let sum = 0;
  for (let i = 0; i < length; i++) sum += values[i]!;
  const mean = sum / length;
  let squares = 0;
  for (let i = 0; i < length; i++) squares += (values[i]! - mean) ** 2;
  return { mean, variance: squares / length };
}
