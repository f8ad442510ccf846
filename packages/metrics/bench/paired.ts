/**
 * How often the interval of `pairedDifference` holds the true gain, 0, by the spread of regions and of trainings.
 * 36 patches of 20 regions; each training has a gain of its own, another one in each region, and noise.
 * `node --conditions=@pcam/source --import=tsx bench/paired.ts`
 */
import { pairedDifference } from '@pcam/metrics';
import { normals } from '../test/normals.js';

const SIMULATIONS = 1000;
const REGIONS = 20;
const regions = Array.from({ length: 36 }, (_, i) => i % REGIONS);

for (const [ofRegions, ofTrainings] of [
  [0.06, 0.01],
  [0.06, 0.03],
  [0.03, 0.04],
] as const) {
  for (const trainings of [1, 3, 5]) {
    let held = 0;
    for (let simulation = 0; simulation < SIMULATIONS; simulation++) {
      const draws = normals(REGIONS + trainings * (1 + REGIONS + regions.length), simulation);
      const normal = (sd: number): number => sd * draws.pop()!;
      const byRegion = Array.from({ length: REGIONS }, () => normal(ofRegions));
      const a = Array.from({ length: trainings }, () => {
        const all = normal(ofTrainings);
        const here = byRegion.map((gain) => gain + normal(0.04));
        return regions.map((region) => all + here[region]! + normal(0.03));
      });
      const set = { a, b: a.map((row) => row.map(() => 0)), groups: regions };
      const [low, high] = pairedDifference([set], { resamples: 300, seed: simulation }).ci95!;
      if (low <= 0 && high >= 0) held += 1;
    }
    console.log(
      `regions ${ofRegions}, trainings ${ofTrainings}, ${trainings} seed(s): ${held / SIMULATIONS}`,
    );
  }
}
