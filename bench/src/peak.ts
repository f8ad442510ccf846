import { INSTALL } from './python.js';
import type { Peak } from './results.js';
import type { Side } from './side.js';

/** GFLOP/s below which a BLAS is not the optimised one: the reference BLAS reaches about 3. */
const slow = 10;

/** What this machine can do in float32, as far as either side shows it. */
export async function measurePeak(
  ours: Side,
  torch: Side | undefined,
  say: (line: string) => void,
): Promise<Peak> {
  const own = (await ours.ask('peak', {})).gflops;
  const theirs = torch && (await torch.ask('peak', {})).gflops;
  if (theirs && Math.max(...Object.values(theirs)) < slow) {
    say(`PyTorch's matrix products run on a slow BLAS, which makes ours look good: ${INSTALL}`);
  }
  return bestOf(own, theirs);
}

export function bestOf(ours: Peak['ours'], torch: Peak['torch']): Peak {
  const all = [
    ...Object.entries(ours).map(([size, gflops]) => ({ gflops, by: `ours, ${size}³` })),
    ...Object.entries(torch ?? {}).map(([size, gflops]) => ({ gflops, by: `PyTorch, ${size}³` })),
  ];
  const best = all.reduce((a, b) => (b.gflops > a.gflops ? b : a));
  return { ...best, ours, ...(torch && { torch }) };
}
