import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createMemoryDataset } from './memory-dataset.js';
import { splitBySlide } from './split.js';
import { findDuplicates } from './split-duplicates.js';

interface Described {
  name: string;
  length: number;
  labels: Uint8Array;
  slides?: string[];
}

function described(labels: readonly number[], slides?: string[]): Described {
  return { name: 'test', length: labels.length, labels: Uint8Array.from(labels), ...(slides && { slides }) };
}

const anyData: fc.Arbitrary<Described> = fc
  .array(fc.tuple(fc.constantFrom(0, 1), fc.nat(11)), { minLength: 40, maxLength: 200 })
  .filter((rows) => new Set(rows.map(([, slide]) => slide)).size >= 4)
  .map((rows) =>
    described(
      rows.map(([label]) => label),
      rows.map(([, slide]) => `slide ${slide}`),
    ),
  );

describe('splitBySlide', () => {
  it('puts every patch in one part, no slide in two, no part empty; seeded', () => {
    fc.assert(
      fc.property(anyData, fc.integer(), (data, seed) => {
        const options = { fractions: { train: 0.7, valid: 0.2, test: 0.1 }, seed };
        const { parts, bySlide, warning } = splitBySlide(data, options);
        const lists = Object.values(parts).map((part) => [...part]);
        expect(lists.flat().sort((a, b) => a - b)).toEqual([...data.labels.keys()]);
        const slides = lists.map((list) => new Set(list.map((i) => data.slides![i]!)));
        expect(new Set(slides.flatMap((set) => [...set])).size).toBe(
          slides.reduce((sum, set) => sum + set.size, 0),
        );
        expect(lists.every((list) => list.length > 0)).toBe(true);
        expect(bySlide).toBe(true);
        expect(warning).toBeUndefined();
        expect(splitBySlide(data, options)).toEqual({ parts, bySlide });
      }),
    );
  });

  it('comes near the shares of patches and of positives', () => {
    // 60 slides of 5 to 64 patches, tumour share from 0 to 0.98.
    const rows = Array.from({ length: 60 }, (_, s) => ({ size: 5 + s, positive: ((s * 37) % 60) / 61 }));
    const labels = rows.flatMap(({ size, positive }) =>
      Array.from({ length: size }, (_, i) => Number(i < size * positive)),
    );
    const slides = rows.flatMap(({ size }, s) => Array<string>(size).fill(`s${s}`));
    const share = labels.reduce((a, b) => a + b) / labels.length;
    const { parts } = splitBySlide(described(labels, slides), {
      fractions: { train: 0.8, valid: 0.2 },
      seed: 3,
    });
    expect(parts.valid.length / labels.length).toBeCloseTo(0.2, 2);
    const positives = [...parts.valid].reduce((sum, i) => sum + labels[i]!, 0);
    expect(Math.abs(positives / parts.valid.length - share)).toBeLessThan(0.02);
  });

  it('splits by patch, stratified, and warns where slides are unknown', () => {
    const labels = Array.from({ length: 100 }, (_, i) => Number(i % 4 === 0));
    const { parts, bySlide, warning } = splitBySlide(described(labels), { fractions: { a: 0.6, b: 0.4 } });
    expect(bySlide).toBe(false);
    expect(warning).toContain('may share slides');
    expect([parts.a.length, parts.b.length]).toEqual([60, 40]);
    expect([...parts.b].reduce((sum, i) => sum + labels[i]!, 0)).toBe(10);
    const other = splitBySlide(described(labels), { fractions: { a: 0.6, b: 0.4 }, seed: 1 });
    expect([...other.parts.a]).not.toEqual([...parts.a]);
  });

  it('keeps duplicates, and the slides that share them, together', () => {
    const slides = Array.from({ length: 40 }, (_, i) => `s${i % 8}`);
    const data = described(
      Array.from({ length: 40 }, (_, i) => (i >> 3) % 2),
      slides,
    );
    for (let seed = 0; seed < 10; seed++) {
      const { parts } = splitBySlide(data, {
        fractions: { a: 0.5, b: 0.5 },
        seed,
        duplicates: [
          [0, 13],
          [21, 2],
        ],
      });
      const side = (i: number): boolean => parts.a.includes(i);
      // 0 and 13 join slides 0 and 5; 21 and 2 join slides 5 and 2.
      for (const i of slides.keys())
        if (['s0', 's2', 's5'].includes(slides[i]!)) expect(side(i)).toBe(side(0));
    }
  });

  it('refuses what cannot be done', () => {
    const data = described([0, 1, 0, 1], ['a', 'a', 'a', 'a']);
    const split = (fractions: Record<string, number>, duplicates: number[][] = []): unknown =>
      splitBySlide(data, { fractions, duplicates });
    expect(() => split({ a: 0.5, b: 0.5 })).toThrow('test has 1 independent slides, too few for 2 parts');
    expect(() => split({ a: 0.5, b: 0.6 })).toThrow('add up to 1.1');
    expect(() => split({ a: 1, b: 0 })).toThrow('fraction of b must be above 0, got 0');
    expect(() => split({ a: 1 }, [[0, 9]])).toThrow('duplicates name patch 9; test has 4');
  });
});

describe('findDuplicates', () => {
  it('finds equal patches and nothing else', async () => {
    const patch = (value: number, changed = -1): number[] =>
      Array.from({ length: 12 }, (_, i) => (i === changed ? value + 1 : value));
    const patches = [patch(1), patch(2), patch(1), patch(1, 11), patch(2), patch(3), patch(1), patch(1, 0)];
    const data = createMemoryDataset({
      images: Uint8Array.from(patches.flat()),
      labels: patches.map(() => 0),
      height: 2,
      width: 2,
    });
    const progress: number[] = [];
    const groups = await findDuplicates(data, (done, total) => progress.push(done / total));
    expect(groups.map((group) => [...group])).toEqual([
      [0, 2, 6],
      [1, 4],
    ]);
    expect(progress).toEqual([1]);
  });
});
