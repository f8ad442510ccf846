import { describe, expect, it } from 'vitest';
import { checkChoice } from './check-choice.js';
import { checkKeys } from './check-keys.js';
import { describeValue } from './describe-value.js';
import { rethrow } from './rethrow.js';
import { suggest } from './suggest.js';

interface Options {
  readonly learningRate?: number;
  readonly threshold?: number;
}
const KNOWN = { learningRate: true, threshold: true } as const;
const check = (options: object, hints?: Record<string, string>): void =>
  checkKeys<Options>('train', options, KNOWN, hints);

describe('checkKeys', () => {
  it('takes what is known, and keys that say nothing', () => {
    check({ learningRate: 1, tresh: undefined });
    checkKeys<Options>('train', undefined, KNOWN);
  });

  it('suggests a near name', () => {
    expect(() => check({ tresh: 1 })).toThrow("train: unknown option 'tresh'; did you mean 'threshold'?");
    expect(() => check({ lr: 1 })).toThrow("train: unknown option 'lr'; did you mean 'learningRate'?");
  });

  it('lists what is known where no name is near', () => {
    expect(() => check({ momentum: 1 })).toThrow(
      "train: unknown option 'momentum'; known are learningRate, threshold",
    );
  });

  it('says what to do instead where it was told', () => {
    expect(() => check({ rate: 1 }, { rate: 'give optimizer: { learningRate }' })).toThrow(
      "train: unknown option 'rate'; give optimizer: { learningRate }",
    );
  });

  it('takes no property of all objects for an option', () => {
    expect(() => check({ toString: 1 })).toThrow(
      "unknown option 'toString'; known are learningRate, threshold",
    );
  });

  it('refuses what is no object', () => {
    expect(() => check([1])).toThrow('train: options must be an object, got an array');
    expect(() => check(0.5 as unknown as object)).toThrow('train: options must be an object, got 0.5');
  });
});

describe('checkChoice', () => {
  it('suggests a near name', () => {
    checkChoice('fit: monitor', 'loss', ['auroc', 'loss']);
    expect(() => checkChoice('fit: monitor', 'aurok', ['auroc', 'loss'])).toThrow(
      "fit: monitor must be one of auroc, loss, got 'aurok'; did you mean 'auroc'?",
    );
    expect(() => checkChoice('fit: monitor', 3, ['auroc', 'loss'])).toThrow('auroc, loss, got 3');
  });
});

describe('suggest', () => {
  it.each([
    ['learing-rate', 'learning-rate'],
    ['lr', 'learning-rate'],
    ['LearningRate', 'learning-rate'],
    ['bs', 'batch-size'],
    ['wd', 'weight-decay'],
    ['x', undefined],
    ['gpu', undefined],
    ['momentum', undefined],
  ])('%s: %s', (wrong, expected) => {
    expect(suggest(wrong, ['epochs', 'learning-rate', 'batch-size', 'weight-decay'])).toBe(expected);
  });
});

describe('describeValue', () => {
  it.each<[unknown, string]>([
    ['0.5', "'0.5'"],
    [1n, '1n'],
    [Number.NaN, 'NaN'],
    [null, 'null'],
    [undefined, 'undefined'],
    [() => 1, 'a function'],
    [Promise.resolve(1), 'a promise'],
    [[1, 2], 'an array'],
    [{ shape: [2, 3], rank: 2, dataSync: () => [] }, 'a tensor [2, 3]'],
    [new Float32Array(2), 'a Float32Array'],
    [new Int8Array(2), 'an Int8Array'],
    [{ images: 1, labels: 2 }, 'an object with images, labels'],
    [Object.create(null), 'an object with no keys'],
  ])('%o: %s', (value, expected) => expect(describeValue(value)).toBe(expected));
});

describe('rethrow', () => {
  it("gives an error of the package's own kind the same words, and lets pass what is right", () => {
    const own = (message: string) => new RangeError(message);
    expect(() => rethrow(() => check({ tresh: 1 }), own)).toThrow(
      new RangeError("train: unknown option 'tresh'; did you mean 'threshold'?"),
    );
    expect(() => rethrow(() => check({ threshold: 1 }), own)).not.toThrow();
  });
});
