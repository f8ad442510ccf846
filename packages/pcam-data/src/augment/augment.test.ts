import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type AugmentDraw, createMover, createTinter, drawAugment } from './augment.js';
import { AUGMENT_PRESETS, type AugmentConfig, resolveAugment } from './config.js';
import { fade, recolour } from './stain.js';

const SIZE = 12;
const PIXELS = SIZE * SIZE;

const anyImage: fc.Arbitrary<Uint8Array> = fc.uint8Array({ minLength: PIXELS * 3, maxLength: PIXELS * 3 });
const anyPreset = fc.constantFrom(...Object.values(AUGMENT_PRESETS));

function apply(
  config: AugmentConfig,
  image: Uint8Array,
  position = 0,
  mask?: Uint8Array,
): [Float32Array, Float32Array] {
  const out = new Float32Array(PIXELS * 3);
  const maskOut = new Float32Array(PIXELS);
  const draw = drawAugment(config, true, 1, 2, position);
  const moved = createMover(SIZE, SIZE)(draw, image, mask);
  createTinter(SIZE, SIZE)(draw, moved.image, out, 0);
  if (moved.mask) maskOut.set(moved.mask);
  return [out, maskOut];
}

describe('augmentation', () => {
  it("leaves bytes / 255 with 'none'", () => {
    const image = Uint8Array.from({ length: PIXELS * 3 }, (_, i) => i % 256);
    expect([...apply(AUGMENT_PRESETS.none, image)[0]]).toEqual([...image].map((v) => Math.fround(v / 255)));
  });

  it('moves masks with their images', () => {
    // The image carries the mask: white where it is 1. Geometry alone, so both must still agree.
    const config = resolveAugment({ dihedral: true, shift: 4 });
    fc.assert(
      fc.property(
        fc.uint8Array({ minLength: PIXELS, maxLength: PIXELS, max: 1 }),
        fc.nat(),
        (mask, position) => {
          const image = Uint8Array.from({ length: PIXELS * 3 }, (_, i) => mask[Math.floor(i / 3)]! * 255);
          const [moved, movedMask] = apply(config, image, position, mask);
          expect([...moved]).toEqual([...movedMask].flatMap((v) => [v, v, v]));
        },
      ),
    );
  });

  it('warps masks with their images, up to interpolation', () => {
    const mask = Uint8Array.from({ length: PIXELS }, (_, i) =>
      Number(Math.hypot((i % SIZE) - 7, Math.floor(i / SIZE) - 4) < 3),
    );
    const image = Uint8Array.from({ length: PIXELS * 3 }, (_, i) => mask[Math.floor(i / 3)]! * 255);
    for (let position = 0; position < 20; position++) {
      const [moved, movedMask] = apply(
        resolveAugment({ rotate: 180, zoom: 0.3, dihedral: true }),
        image,
        position,
        mask,
      );
      movedMask.forEach((v, i) => {
        expect(Math.abs(v - moved[i * 3]!)).toBeLessThanOrEqual(0.76);
      });
    }
  });

  it('shifts by what was drawn, inside exactly', () => {
    const image = Uint8Array.from({ length: PIXELS * 3 }, (_, i) => (i * 7) % 256);
    const config = resolveAugment({ shift: 4 });
    const seen = new Set<string>();
    for (let position = 0; position < 300; position++) {
      const { dy, dx } = drawAugment(config, true, 1, 2, position);
      seen.add(`${dy},${dx}`);
      const [out] = apply(config, image, position);
      for (let y = 4; y < SIZE - 4; y++) {
        for (let x = 4; x < SIZE - 4; x++) {
          expect(out[(y * SIZE + x) * 3]).toBe(Math.fround(image[((y - dy) * SIZE + x - dx) * 3]! / 255));
        }
      }
    }
    expect(seen.size).toBeGreaterThan(70); // of 81
  });

  it('is a pure function of (seed, epoch, position), in [0, 1]', () => {
    fc.assert(
      fc.property(anyPreset, anyImage, fc.nat(), (config, image, position) => {
        const [a] = apply(config, image, position);
        expect(apply(config, image, position)[0]).toEqual(a);
        expect(a.every((v) => v >= 0 && v <= 1)).toBe(true);
      }),
      { numRuns: 40 },
    );
    const draws = [
      [1, 2, 3],
      [2, 2, 3],
      [1, 3, 3],
      [1, 2, 4],
    ].map(([seed, epoch, position]) =>
      JSON.stringify(drawAugment(AUGMENT_PRESETS.strong, true, seed!, epoch!, position!)),
    );
    expect(new Set(draws).size).toBe(4);
  });

  it('draws the rest alike when one part is switched off', () => {
    for (let position = 0; position < 10; position++) {
      const whole = drawAugment(AUGMENT_PRESETS.strong, true, 0, 0, position);
      const without = drawAugment(resolveAugment({ preset: 'strong', stainScale: 0 }), true, 0, 0, position);
      expect({ ...without, scale: whole.scale }).toEqual(whole);
      expect(without.scale).toEqual([1, 1, 1]);
    }
  });

  it('draws evenly, within the given ranges', () => {
    const config = AUGMENT_PRESETS.strong;
    const draws = Array.from({ length: 2000 }, (_, i) => drawAugment(config, true, 9, 0, i));
    const mean = (pick: (draw: AugmentDraw) => number): number =>
      draws.reduce((s, d) => s + pick(d), 0) / draws.length;
    for (let k = 0; k < 8; k++) expect(mean((d) => Number(d.symmetry === k))).toBeCloseTo(0.125, 1);
    expect(mean((d) => d.dy)).toBeCloseTo(0, 0);
    expect(mean((d) => d.scale[1]!)).toBeCloseTo(1, 1);
    expect(mean((d) => Number(d.blurSigma > 0))).toBeCloseTo(config.blurProbability, 1);
    for (const d of draws) {
      expect(Math.abs(d.dx)).toBeLessThanOrEqual(config.shift);
      expect(Math.abs(d.degrees)).toBeLessThanOrEqual(config.rotate);
      expect(Math.abs(Math.log(d.zoom))).toBeLessThanOrEqual(Math.log(1 + config.zoom));
      for (const a of d.scale) expect(Math.abs(a - 1)).toBeLessThanOrEqual(config.stainScale);
      for (const b of d.offset) expect(Math.abs(b)).toBeLessThanOrEqual(config.stainOffset);
    }
  });

  it('turns patches that are not square by half turns only', () => {
    const move = createMover(2, 3);
    const image = Uint8Array.from({ length: 18 }, (_, i) => i);
    const seen = new Set<string>();
    for (let position = 0; position < 50; position++) {
      const draw = drawAugment(resolveAugment({ dihedral: true }), false, 0, 0, position);
      const out = [...move(draw, image).image];
      expect(out.toSorted((a, b) => a - b)).toEqual([...image]);
      seen.add(String(out));
    }
    expect(seen.size).toBe(4);
  });
});

describe('fade', () => {
  const image = Float32Array.from([0.9, 0.3, 0.6, 0.2, 0.4, 0.5, 0.5, 0.5, 0.5, 0, 0, 0]);
  const luma = (values: Float32Array, i: number): number =>
    0.299 * values[i]! + 0.587 * values[i + 1]! + 0.114 * values[i + 2]!;
  const faded = (share: number): Float32Array => {
    const values = Float32Array.of(7, ...image, 7);
    fade(values, 1, image.length, share);
    expect([values[0], values.at(-1)]).toEqual([7, 7]);
    return values.slice(1, -1);
  };

  it('keeps lightness, and leaves one tint at the end: that of the mean', () => {
    const values = faded(1);
    const mean = [0, 1, 2].map((c) => (image[c]! + image[3 + c]! + image[6 + c]! + image[9 + c]!) / 4);
    const lightness = luma(Float32Array.from(mean), 0);
    for (let i = 0; i < image.length; i += 3) {
      expect(luma(values, i)).toBeCloseTo(luma(image, i), 5);
      for (let c = 0; c < 3; c++) {
        expect(values[i + c]).toBeCloseTo((luma(image, i) * mean[c]!) / lightness, 5);
      }
    }
  });

  it('goes part of the way, and nowhere with 0', () => {
    expect(faded(0)).toEqual(image);
    const [half, all] = [faded(0.5), faded(1)];
    for (const [i, value] of half.entries()) expect(value).toBeCloseTo((image[i]! + all[i]!) / 2, 6);
  });

  it('leaves black black', () => {
    const black = new Float32Array(6);
    fade(black, 0, 6, 1);
    expect([...black]).toEqual([0, 0, 0, 0, 0, 0]);
  });

  it('happens to the share of patches that was asked for, and changes no other draw', () => {
    const config = { ...AUGMENT_PRESETS.strong, fadeProbability: 0.3 };
    const draws = Array.from({ length: 1000 }, (_, i) => drawAugment(config, true, 9, 0, i));
    expect(draws.filter(({ fade }) => fade > 0).length / 1000).toBeCloseTo(0.3, 1);
    draws.forEach((draw, i) => {
      expect({ ...draw, fade: 0 }).toEqual(drawAugment(AUGMENT_PRESETS.strong, true, 9, 0, i));
    });
  });
});

describe('recolour', () => {
  const still = { scale: [1, 1, 1], offset: [0, 0, 0], brightness: 0, contrast: 1 };

  it('is the identity within 1/255 through the tables, when nothing changes', () => {
    fc.assert(
      fc.property(anyImage, (image) => {
        const out = new Float32Array(image.length);
        recolour(image, { ...still, scale: [1, 1, 1 + 1e-12] }, out, 0); // not the short cut
        out.forEach((v, i) => {
          expect(Math.abs(v - image[i]! / 255)).toBeLessThan(1 / 255);
        });
      }),
      { numRuns: 20 },
    );
  });

  it('darkens with more stain, and leaves white glass white under scaling', () => {
    const image = Uint8Array.of(255, 255, 255, 150, 90, 160);
    const [more, less] = [new Float32Array(6), new Float32Array(6)];
    recolour(image, { ...still, scale: [1.3, 1.3, 1.3] }, more, 0);
    recolour(image, { ...still, scale: [0.7, 0.7, 0.7] }, less, 0);
    expect([...more.slice(0, 3), ...less.slice(0, 3)]).toEqual([1, 1, 1, 1, 1, 1]);
    for (const i of [3, 4, 5]) {
      expect(more[i]!).toBeLessThan(image[i]! / 255);
      expect(less[i]!).toBeGreaterThan(image[i]! / 255);
    }
  });
});

describe('resolveAugment', () => {
  it('fills in from presets', () => {
    expect(resolveAugment()).toEqual(AUGMENT_PRESETS.none);
    expect(resolveAugment('strong')).toEqual(AUGMENT_PRESETS.strong);
    expect(resolveAugment({ shift: undefined } as object)).toEqual(AUGMENT_PRESETS.none);
    expect(resolveAugment({ shift: 1 })).toEqual({ ...AUGMENT_PRESETS.none, shift: 1 });
    expect(resolveAugment({ preset: 'light', shift: 1 })).toEqual({ ...AUGMENT_PRESETS.light, shift: 1 });
    expect(resolveAugment(JSON.parse(JSON.stringify(AUGMENT_PRESETS.strong)))).toEqual(
      AUGMENT_PRESETS.strong,
    );
  });

  it.each([
    ['huge', "augment: preset must be one of none, light, standard, faded, strong, got 'huge'"],
    ['toString', "strong, got 'toString'"],
    [{ hue: 1 }, "augment: unknown option 'hue'; known are preset, dihedral"],
    [{ rotated: 1 }, "augment: unknown option 'rotated'; did you mean 'rotate'?"],
    ['standart', "got 'standart'; did you mean 'standard'?"],
    [{ shift: 1.5 }, 'augment.shift must be a whole number of pixels, got 1.5'],
    [{ shift: 99 }, 'augment.shift must be a number from 0 to 16, got 99'],
    [{ stainScale: -1 }, 'augment.stainScale must be a number from 0 to 0.9, got -1'],
    [{ zoom: Number.NaN }, 'augment.zoom must be a number from 0 to 1, got NaN'],
    [{ dihedral: 1 }, 'augment.dihedral must be true or false, got 1'],
    [null, 'augment must be a preset name or an object, got null'],
  ])('refuses %o in one line', (option, message) => {
    expect(() => resolveAugment(option as 'none')).toThrow(message);
  });
});
