/**
 * How far the binned areas of `pixelScores` are from the exact ones, by resolution.
 * `node --conditions=@pcam/source --import=tsx bench/pixels.ts`
 */
import { auroc, averagePrecision, pixelScores, sigmoid } from '@pcam/metrics';
import { normals } from '../test/normals.js';

const raw = normals(200_000, 3).map((z, i) => z + (i % 2));
const truth = raw.map((_, i) => i % 2);
const short = (value: number): string => Math.abs(value).toExponential(1);

for (const [name, scores] of Object.entries({ raw, sigmoid: raw.map((z) => sigmoid(4 * z)) })) {
  for (const bits of [12, 16, 20, 24]) {
    const pixels = pixelScores({ bits });
    pixels.update(scores, truth);
    const width = ([low, high]: readonly [number, number]): string => short(high - low);
    console.log(
      `${name}, ${bits} bits:`,
      `AUROC off by ${short(pixels.auroc() - auroc(scores, truth))}, bounds ${width(pixels.aurocBounds())};`,
      `average precision ${short(pixels.averagePrecision() - averagePrecision(scores, truth))},`,
      `bounds ${width(pixels.averagePrecisionBounds())}`,
    );
  }
}
