import { useEngine } from '@pcam/engine';
import { createModel } from '@pcam/models';
import { attributionConstraint } from '@pcam/xai';
import { expect, test } from 'vitest';
import { maskedSources } from '../src/options.js';
import { SETTINGS, unetOf } from '../src/settings.js';

test.each(Object.entries(SETTINGS))('%s can be trained', async (_, setting) => {
  await useEngine('auto');
  const { model, constraint, teacher, against } = setting;
  if (model.name !== 'unet') createModel(model).dispose();
  if (constraint) expect(() => attributionConstraint(constraint)).not.toThrow();
  for (const other of [teacher, against]) {
    if (other === undefined) continue;
    expect(Object.keys(SETTINGS)).toContain(other);
    expect(unetOf(SETTINGS[other]!)).toBeUndefined();
  }
});

test('masked sets are given by name, folder and groups', () => {
  expect(maskedSources('mosaic=a/b,real=../c d@sources.csv:region')).toEqual([
    { name: 'mosaic', folder: 'a/b' },
    { name: 'real', folder: '../c d', groups: { path: 'sources.csv', column: 'region' } },
  ]);
  expect(maskedSources('')).toEqual([]);
  expect(() => maskedSources('mosaic')).toThrow('--masked: "mosaic" is no NAME=DIR or NAME=DIR@CSV:COLUMN');
});
