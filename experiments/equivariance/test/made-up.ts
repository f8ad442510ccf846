import { NETWORKS, type NetworkName } from '../src/networks.js';
import { type CurveResult, measuresOf, type TestPredictions } from '../src/result.js';

/** Results made up by hand. */

/** The same labels for all; logits of two Gaussians that lie as far apart as `skill` says. */
export function predictions(skill: number, seed: number, n = 60): TestPredictions {
  const labels = Array.from({ length: n }, (_, i) => ((i * 7) % 3) % 2);
  // Patches that are hard for one are hard for all.
  const shared = noise(99);
  const own = noise(seed);
  const logits = labels.map((label) => skill * (2 * label - 1) + 1.2 * shared() + 0.4 * own());
  return { labels: labels.join(''), logits: logits.map((logit) => Math.round(1e4 * logit) / 1e4) };
}

export function madeUp(
  network: NetworkName,
  share: number,
  seed: number,
  test: TestPredictions,
): CurveResult {
  const cut = { temperature: 1, threshold: 0.5 };
  return {
    network,
    share,
    seed,
    patches: Math.round(17.19 * share),
    steps: 1000,
    bestStep: 500,
    parameters: NETWORKS[network].model.name === 'cnn' ? 287_000 : 124_000,
    ...cut,
    measures: measuresOf(test, cut),
    speed: {
      engine: 'native',
      device: 'avx2',
      threads: 2,
      cpu: 'a processor',
      trainImagesPerSecond: 100 + seed,
      testImagesPerSecond: 300,
      trainImagesPerCoreSecond: seed === 0 ? null : 60,
      testImagesPerCoreSecond: 200,
    },
    test,
  };
}

function noise(seed: number): () => number {
  let state = 2654435761 * (seed + 1);
  const unit = (): number => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return (state + 0.5) / 2 ** 32;
  };
  return () => Math.sqrt(-2 * Math.log(unit())) * Math.cos(2 * Math.PI * unit());
}
