import '@tensorflow/tfjs-backend-cpu';
import { describe, expect, it } from 'vitest';
import { createLoader, disposeBatch } from '../loader.js';
import { createMemoryDataset } from '../memory-dataset.js';
import { centreLabel } from '../pcam.js';
import { randomAt } from '../sampling-random.js';
import { COMPOSE, resolveCompose } from './config.js';
import { drawPieces } from './pieces.js';

const SIDE = 48;
const PIXELS = SIDE * SIDE;
const N = 40;

/** Every patch has one grey value of its own, below 128 where its label is 0; its mask is its label all over. */
const shadeOf = (i: number): number => (i % 2) * 128 + i;
const labels = Uint8Array.from({ length: N }, (_, i) => i % 2);
const arrays = {
  images: Uint8Array.from({ length: N * PIXELS * 3 }, (_, at) => shadeOf(Math.floor(at / (PIXELS * 3)))),
  labels,
  height: SIDE,
  width: SIDE,
};
const masks = Uint8Array.from({ length: N * PIXELS }, (_, at) => labels[Math.floor(at / PIXELS)]!);
const dataset = createMemoryDataset({ ...arrays, masks });

interface Seen {
  readonly index: number;
  readonly label: number;
  readonly tumorPatch: number;
  readonly shades: Uint8Array;
  readonly pixelLabels: Float32Array | undefined;
  readonly mask: Float32Array;
}

/** All patches of an epoch. */
async function epochOf(options: Parameters<typeof createLoader>[1], epoch = 0): Promise<Seen[]> {
  const seen: Seen[] = [];
  for await (const batch of createLoader(dataset, { batchSize: 10, ...options }).epoch(epoch)) {
    const values = async (x: { data(): Promise<unknown> } | undefined) =>
      (await x?.data()) as Float32Array | undefined;
    const images = (await values(batch.images))!;
    const [given, mask, pixelLabels] = [
      await values(batch.labels),
      await values(batch.masks),
      await values(batch.pixelLabels),
    ];
    const tumorPatch = (await values(batch.tumorPatch))!;
    for (const [k, index] of batch.index.entries()) {
      const of = (all: Float32Array) => all.slice(k * PIXELS, (k + 1) * PIXELS);
      const shades = Uint8Array.from({ length: PIXELS }, (_, i) =>
        Math.round(images[(k * PIXELS + i) * 3]! * 255),
      );
      const whole = { shades, mask: of(mask!), pixelLabels: pixelLabels && of(pixelLabels) };
      seen.push({ index, label: given![k]!, tumorPatch: tumorPatch[k]!, ...whole });
    }
    disposeBatch(batch);
  }
  return seen;
}

const kinds = ({ shades }: Seen): number[] => [...new Set(shades)];

describe('composing patches', () => {
  it('leaves batches as they are unless asked for, or where the share is 0', async () => {
    const plain = await epochOf({ shuffle: true, augment: 'light' });
    expect(plain.every(({ pixelLabels }) => pixelLabels === undefined)).toBe(true);
    expect(await epochOf({ shuffle: true, augment: 'light', compose: { share: 0 } })).toEqual(plain);
  });

  it('puts pieces of one other patch into a share of the patches, and says of each pixel whose label it has', async () => {
    const seen = (
      await Promise.all([0, 1, 2, 3, 4].map((epoch) => epochOf({ compose: true }, epoch)))
    ).flat();
    const composed = seen.filter((patch) => kinds(patch).length === 2);
    expect(composed.length / seen.length).toBeGreaterThan(0.4);
    expect(composed.length / seen.length).toBeLessThan(0.6);
    let opposite = 0;
    for (const patch of seen) {
      expect(kinds(patch).length).toBeLessThanOrEqual(2);
      expect(kinds(patch)).toContain(shadeOf(patch.index));
      expect([...patch.pixelLabels!]).toEqual([...patch.shades].map((shade) => Number(shade >= 128)));
      // A mask is moved and composed with its image.
      expect(patch.mask).toEqual(patch.pixelLabels);
      // PCam's rule on the parts, and `tumor_patch` of either.
      expect(patch.label).toBe(centreLabel(Uint8Array.from(patch.pixelLabels!), SIDE));
      expect(patch.tumorPatch).toBe(Number(kinds(patch).some((shade) => shade >= 128)));
      opposite += Number(new Set(patch.pixelLabels!).size === 2);
    }
    expect(opposite / composed.length).toBeGreaterThan(0.65);
    expect(opposite / composed.length).toBeLessThan(0.85);
  });

  it('gives a patch of the other label always, or never, if so asked', async () => {
    for (const opposite of [0, 1]) {
      for (const patch of await epochOf({ compose: { share: 1, opposite } })) {
        expect(new Set(patch.pixelLabels!).size).toBe(1 + opposite);
      }
    }
  });

  it('draws another composition each epoch, and the same one again', async () => {
    const options = { compose: true, seed: 3, augment: 'strong' } as const;
    expect(await epochOf(options, 1)).toEqual(await epochOf(options, 1));
    expect(await epochOf(options, 1)).not.toEqual(await epochOf(options, 2));
  });

  it('composes from a share of the training on, and asks how long that is', async () => {
    const compose = { share: 1, opposite: 1, from: 0.5 };
    const kindsOf = async (epoch: number, epochs?: number): Promise<number> => {
      const loader = createLoader(dataset, { batchSize: N, compose });
      for await (const batch of loader.epoch(epoch, 0, epochs)) {
        const labels = (await batch.pixelLabels!.data()) as Float32Array;
        disposeBatch(batch);
        return new Set(labels.subarray(0, PIXELS)).size;
      }
      return 0;
    };
    expect(await Promise.all([0, 1, 2, 4].map((epoch) => kindsOf(epoch, 5)))).toEqual([1, 1, 2, 2]);
    await expect(kindsOf(3)).rejects.toThrow('compose.from is a share of the training');
  });

  it('augments whole patches as without composing', async () => {
    const plain = await epochOf({ augment: 'strong', shuffle: true });
    const seen = await epochOf({ augment: 'strong', shuffle: true, compose: { share: 0.5, opposite: 1 } });
    const whole = seen
      .map((patch, i) => [patch, plain[i]!] as const)
      .filter(([{ pixelLabels }]) => {
        return new Set(pixelLabels!).size === 1;
      });
    expect(whole.length).toBeGreaterThan(10);
    for (const [patch, same] of whole) expect(patch.shades).toEqual(same.shades);
  });

  it('refuses what cannot be composed', () => {
    const ones = createMemoryDataset({ ...arrays, labels: new Uint8Array(N).fill(1) });
    expect(() => createLoader(ones, { compose: true })).toThrow(
      /compose: no patch has label 0; switch it off/,
    );
    expect(() => createLoader(ones, { compose: { opposite: 0 } })).not.toThrow();
  });
});

describe('resolveCompose', () => {
  it('fills in the rest', () => {
    expect(resolveCompose()).toBe(null);
    expect(resolveCompose(true)).toEqual(COMPOSE);
    expect(resolveCompose({ share: 0.2 })).toEqual({ ...COMPOSE, share: 0.2 });
    expect(resolveCompose({ share: 0 })).toBe(null);
  });

  it('names what is wrong', () => {
    expect(() => resolveCompose({ share: 1.5 })).toThrow(
      'compose.share must be a number from 0 to 1, got 1.5',
    );
    expect(() => resolveCompose({ from: 1 })).toThrow('compose.from must be below 1');
    expect(() => resolveCompose({ shares: 1 } as never)).toThrow(
      "compose: unknown option 'shares'; did you mean 'share'?",
    );
    expect(() => resolveCompose('half' as never)).toThrow(
      "compose must be true, false or an object, got 'half'",
    );
  });
});

describe('drawPieces', () => {
  const draws = Array.from({ length: 300 }, (_, i) => drawPieces(32, 48, randomAt(1, i)));

  it('covers a quarter to three quarters, evenly', () => {
    const shares = draws.map((piece) => piece.reduce((sum, value) => sum + value, 0) / piece.length);
    expect(Math.min(...shares)).toBeGreaterThanOrEqual(0.25);
    expect(Math.max(...shares)).toBeLessThanOrEqual(0.75 + 1e-3);
    expect(shares.reduce((sum, share) => sum + share, 0) / shares.length).toBeCloseTo(0.5, 1);
  });

  it('prefers no place', () => {
    for (const place of [0, 20, 48 * 16 + 24, 48 * 31 + 47]) {
      const share = draws.reduce((sum, piece) => sum + piece[place]!, 0) / draws.length;
      expect(share).toBeGreaterThan(0.4);
      expect(share).toBeLessThan(0.6);
    }
  });

  it('has smooth borders: few pixels differ from their neighbours', () => {
    const borders = draws.map(
      (piece) => piece.filter((value, i) => i % 48 > 0 && value !== piece[i - 1]).length,
    );
    expect(Math.max(...borders)).toBeLessThan(32 * 6);
    expect(borders.filter((border) => border > 0).length).toBeGreaterThan(250);
  });
});
