import { matMul, type Rank, randomUniform } from '@tensorflow/tfjs-core';

/** GFLOP/s of float32 products; the larger one only where the smaller one does not take for ever. */
export async function peak(): Promise<Record<string, number>> {
  const speeds: Record<string, number> = {};
  for (const size of [1024, 2048]) {
    const [a, b] = [1, 2].map((seed) => randomUniform<Rank.R2>([size, size], 0, 1, 'float32', seed));
    let best = Number.POSITIVE_INFINITY;
    for (let i = 0; i < 4; i++) {
      const start = performance.now();
      const product = matMul(a!, b!);
      await product.data();
      best = Math.min(best, performance.now() - start);
      product.dispose();
    }
    a!.dispose();
    b!.dispose();
    speeds[size] = (2 * size ** 3) / best / 1e6;
    if (best > 500) break;
  }
  return speeds;
}
