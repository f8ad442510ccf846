import { broadcast_util, util } from '@tensorflow/tfjs-core';

/** How two tensors meet, element by element. */
export interface Broadcast {
  /** Of the result. */
  readonly shape: number[];
  /**
   * Neighbouring dimensions in which the same operand repeats make one group: size and kind of each in turn, the
   * outermost first. Kinds: 0 both move, 1 only a does, 2 only b does. None have size 1, but one group there is.
   */
  readonly groups: Int32Array;
}

/** @throws Error if the shapes cannot be broadcast to each other. */
export function broadcast(a: readonly number[], b: readonly number[]): Broadcast {
  if (util.arraysEqual(a as number[], b as number[])) {
    return { shape: a as number[], groups: Int32Array.of(util.sizeFromShape(a as number[]), 0) };
  }
  const shape = broadcast_util.assertAndGetBroadcastShape(a as number[], b as number[]);
  const groups: number[] = [];
  for (let i = 0; i < shape.length; i++) {
    const size = shape[i]!;
    if (size === 1) continue;
    const inA = a[a.length - shape.length + i] ?? 1;
    const inB = b[b.length - shape.length + i] ?? 1;
    const kind = inA === inB ? 0 : inB === 1 ? 1 : 2;
    if (groups.at(-1) === kind) groups[groups.length - 2]! *= size;
    else groups.push(size, kind);
  }
  return { shape, groups: Int32Array.from(groups.length > 0 ? groups : [1, 0]) };
}
