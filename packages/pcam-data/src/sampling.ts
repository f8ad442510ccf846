import { randomAt, STREAM, shuffle } from './sampling-random.js';

export interface OrderOptions {
  /** Everything random in a run hangs on this whole number. */
  readonly seed: number;
  /** A new seeded permutation each epoch; otherwise the data set's own order. */
  readonly shuffle: boolean;
  /** As many positives as negatives in each epoch; see {@link epochOrder}. */
  readonly balance: boolean;
}

/**
 * Which patch stands where in an epoch: data-set indices, `[labels.length]`, a pure function
 * of (labels, options, epoch).
 *
 * Without `balance` every index occurs once. With it, half of the places go to each class
 * (the odd one to negatives): a class runs through a seeded permutation of itself, and
 * through a fresh one whenever that is used up, so the rarer class repeats evenly and the
 * commoner one shows a different part of itself each epoch.
 *
 * @throws Error for `balance` where a class has no patch.
 */
export function epochOrder(labels: ArrayLike<number>, options: OrderOptions, epoch: number): Int32Array {
  const { seed } = options;
  const n = labels.length;
  if (!options.balance) {
    const order = Int32Array.from({ length: n }, (_, i) => i);
    return options.shuffle ? shuffle(order, randomAt(seed, epoch, STREAM.order)) : order;
  }
  const members = [0, 1].map((label) => Int32Array.from(indicesOf(labels, label)));
  for (const label of [0, 1]) {
    if (members[label]!.length === 0) throw new Error(`balance: no patch has label ${label}; switch it off`);
  }
  const drawn = [
    draw(members[0]!, Math.ceil(n / 2), seed, epoch, STREAM.negatives, options.shuffle),
    draw(members[1]!, Math.floor(n / 2), seed, epoch, STREAM.positives, options.shuffle),
  ];
  const order = Int32Array.from({ length: n }, (_, i) => drawn[i % 2]![i >> 1]!);
  return options.shuffle ? shuffle(order, randomAt(seed, epoch, STREAM.order)) : order;
}

/** `count` members: whole permutations of them, one after the other. */
function draw(
  members: Int32Array,
  count: number,
  seed: number,
  epoch: number,
  stream: number,
  shuffled: boolean,
): Int32Array {
  const out = new Int32Array(count);
  for (let at = 0, round = 0; at < count; at += members.length, round++) {
    const pass = members.slice();
    if (shuffled) shuffle(pass, randomAt(seed, epoch, stream, round));
    out.set(pass.subarray(0, Math.min(pass.length, count - at)), at);
  }
  return out;
}

function indicesOf(labels: ArrayLike<number>, label: number): number[] {
  const out: number[] = [];
  for (let i = 0; i < labels.length; i++) if (labels[i] === label) out.push(i);
  return out;
}
