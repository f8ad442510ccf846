/**
 * Seconds of CPU for an evaluation of the size of PCam's test split with 1,000 bootstrap resamples.
 * `node --conditions=@pcam/source --import=tsx bench/bootstrap.ts`
 */
import { evaluateBinary } from '@pcam/metrics';
import { uniformFloat64 } from 'pure-rand/distribution/uniformFloat64';
import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus';

const n = 32_768;
const random = xoroshiro128plus(1);
const labels = Uint8Array.from({ length: n }, () => (uniformFloat64(random) < 0.5 ? 1 : 0));
const logits = Float64Array.from(labels, (label) => 4 * (uniformFloat64(random) - 0.5) + 1.5 * (label - 0.5));
const groups = Uint8Array.from(labels, (_, i) => i % 54);

for (const [name, options] of Object.entries({ patches: {}, slides: { groups } })) {
  const started = process.cpuUsage();
  const { auroc, aurocCi95 } = evaluateBinary({ logits, labels, bootstrap: { ...options, seed: 1 } });
  const seconds = (process.cpuUsage(started).user / 1e6).toFixed(1);
  console.log(`resampling ${name}: ${seconds} s, AUROC ${auroc} in ${JSON.stringify(aurocCi95)}`);
}
