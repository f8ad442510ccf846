import { parseOptions } from '@pcam/cli';
import { useEngine } from '@pcam/engine';
import { createModel } from '@pcam/models';
import { defaultRecipe, recipe, recipes } from '@pcam/training';
import { attributionConstraint } from '@pcam/xai';
import { describe, expect, it } from 'vitest';
import { checkCombinations } from '../src/combinations.js';
import { constraintTerms } from '../src/constraint.js';
import { otherNames, trainOptions } from '../src/options.js';
import { flagsOf, presetsBeside } from '../src/presets.js';
import { recordedConfig, upgradeConfig } from '../src/recorded.js';
import { buildModel, fitConfig } from '../src/setup.js';

const parse = (...argv: string[]) =>
  parseOptions(trainOptions, ['--data', 'synthetic', '--out', 'x', ...argv], {
    presetKey: 'preset',
    presets: presetsBeside,
    check: checkCombinations,
    otherNames,
  });

describe('one recipe', () => {
  it('the command without flags does what the recipe does', () => {
    expect(fitConfig(parse())).toEqual(recipe());
    expect(fitConfig(parse('--epochs', '7', '--warmup-epochs', '1'))).toEqual(recipe(7, 1));
    const { loader, constraint } = defaultRecipe;
    expect(parse()).toMatchObject({
      batchSize: loader.batchSize,
      augment: loader.augment,
      lambda: constraint.weight.lambda,
      constraintPositives: constraint.positives,
    });
    expect(constraintTerms(parse())).toEqual([]);
  });

  it('0 turns off what null turns off in code', () => {
    const off = fitConfig(parse('--ema-decay', '0', '--clip-norm', '0', '--patience', '0'));
    expect(off).toMatchObject({ emaDecay: null, clipNorm: null, patience: null });
  });
});

describe('presets', () => {
  it('are the recipes of @pcam/training: flags that say all of them', () => {
    const usual = flagsOf(defaultRecipe);
    expect(parse()).toMatchObject(usual);
    for (const [name, own] of Object.entries(recipes)) {
      expect(parse('--preset', name)).toMatchObject(flagsOf(own));
      expect(fitConfig(parse('--preset', name))).toEqual(recipe(undefined, undefined, own));
    }
  });

  it('segmentation is the same network, loader and constraint in code', async () => {
    await useEngine('cpu');
    const { model, loader, constraint } = recipes.segmentation;
    const options = parse('--preset', 'segmentation');
    const [built, inCode] = [buildModel(options), createModel(model)];
    expect(built.config).toEqual(inCode.config);
    built.dispose();
    inCode.dispose();
    expect(constraintTerms(options).map((term) => term.config)).toEqual([
      attributionConstraint({ ...constraint, attribution: [{ name: constraint.attribution! }] }).config,
    ]);
    expect(options.compose).toBe(loader.compose.share);
    expect(options.compose).toBeGreaterThan(0);
  });

  it('flags go over them, and may make void what they say', () => {
    const options = parse('--preset', 'segmentation', '--compose', '0.2', '--lambda', '1');
    expect(options).toMatchObject({ compose: 0.2, lambda: 1, constraintRegion: 'composed' });
    parse('--preset', 'segmentation', '--constraint', 'none');
    parse('--preset', 'segmentation', '--pseudo-masks', 'run');
    expect(() => parse('--preset', 'segmentation', '--compose', '0')).toThrow('give --compose 0.5');
    const model = parse('--preset', 'segmentation', '--model', 'vit');
    expect(model).toMatchObject({ model: 'vit', compose: recipes.segmentation.loader.compose.share });
    expect(model.modelPreset).toBeUndefined();
    expect(() => parse('--preset', 'segmentatoin')).toThrow('did you mean segmentation?');
  });
});

describe('names', () => {
  it('an attribution is suggested', () => {
    expect(() => constraintTerms(parse('--constraint', 'gradcam'))).toThrow('; did you mean gradCam?');
  });

  it.each([
    ['--lr', '--learning-rate'],
    ['--ema', '--ema-decay'],
    ['--select-by', '--monitor'],
    ['--bs', '--batch-size'],
    ['--wd', '--weight-decay'],
    ['--max-epochs', '--epochs'],
    ['--pretrained', '--init-from'],
  ])('%s is answered with %s', (tried, meant) => {
    expect(() => parse(tried, '1')).toThrow(`${tried} is not a flag; did you mean ${meant}?`);
  });

  it('that older runs recorded are read by today’s', () => {
    const model = { name: 'cnn', downsampling: 'symmetric' };
    const today = recordedConfig(parse('--ema-decay', '0.9', '--monitor', 'loss'), 'wasm', model);
    const { emaDecay, monitor, ...rest } = today.options as Record<string, unknown>;
    const old = { ...today, options: { ...rest, ema: 0.9, selectBy: 'loss' } };
    expect(upgradeConfig(old)).toEqual(today);
    expect(upgradeConfig(today)).toEqual(today);
  });

  it('runs of before patches were composed go on with whole ones', () => {
    const today = recordedConfig(parse('--compose', '0.3'), 'wasm', undefined);
    const { compose, ...older } = today.options as Record<string, unknown>;
    expect(compose).toBe(0.3);
    expect(upgradeConfig({ options: older }).options).toMatchObject({ compose: 0 });
  });

  it('that older runs knew nothing of are of a model as models then were', () => {
    const older = recordedConfig(parse('--model-options', '{"widths":[4]}'), 'wasm', {
      name: 'cnn',
      widths: [4],
    });
    const upgraded = upgradeConfig(older);
    expect(upgraded.model).toEqual({ name: 'cnn', widths: [4], downsampling: 'strided' });
    expect(upgraded.options).toMatchObject({ modelOptions: { widths: [4], downsampling: 'strided' } });
  });
});

describe('flags that would say nothing are refused', () => {
  const flags = (line: string): string[] => line.split(' ');
  it.each([
    ['--lambda 0.5', '--lambda says nothing without --constraint; give --constraint gradCam'],
    ['--constraint-region masks', '--constraint-region says nothing without --constraint'],
    ['--pseudo-masks run', '--pseudo-masks says nothing without --constraint'],
    [
      '--constraint gradCam --constraint-steps 8',
      '--constraint-steps says nothing for --constraint gradCam; it is for integratedGradients',
    ],
    ['--constraint inputGradient --constraint-layer a', 'it is for gradCam'],
    ['--constraint inputGradient --constraint-samples 2', 'it is for expectedGradients'],
    ['--constraint gradCam --constraint-channels each', 'it is for attributions of pixels'],
    ['--constraint gradCam --lambda 1 --lambda-ratio 1', '--lambda says nothing with --lambda-ratio'],
    [
      '--constraint gradCam --pseudo-masks run --constraint-region centre',
      '--constraint-region says nothing with --pseudo-masks',
    ],
    [
      '--constraint gradCam --constraint-region masks --constraint-positives centre',
      '--constraint-positives says nothing where masks tell',
    ],
    [
      '--constraint gradCam --constraint-region composed',
      '--constraint-region composed is for patches that are composed of two, and none are; give --compose 0.5',
    ],
    [
      '--constraint gradCam --constraint-region composed --compose 0.5 --constraint-positives centre',
      '--constraint-positives says nothing where the labels of the patches that pixels are of tell',
    ],
    [
      '--constraint gradCam --pseudo-masks self --constraint-region masks',
      '--pseudo-masks says nothing with --constraint-region masks',
    ],
    ['--pseudo-masks self', '--pseudo-masks says nothing without --constraint'],
    [
      '--constraint gradCam --pseudo-masks self --constraint-region composed',
      '--constraint-region composed is for patches',
    ],
    ['--resume --init-from run', '--init-from says nothing with --resume'],
    ['--dry-run --overfit-batch', '--dry-run says nothing with --overfit-batch'],
  ])('%s', (line, message) => {
    expect(() => parse(...flags(line))).toThrow(message);
  });

  it('and those that say something pass', () => {
    parse(
      ...flags(
        '--constraint gradCam,integratedGradients --constraint-steps 8 --constraint-layer a --lambda 1',
      ),
    );
    parse(...flags('--constraint inputGradient --constraint-channels each --lambda-ratio 1'));
    parse(...flags('--constraint gradCam --pseudo-masks self --constraint-region tumorFree'));
    parse(...flags('--constraint gradCam --pseudo-masks self --constraint-positives unknown'));
    parse(...flags('--constraint gradCam --constraint-region composed --compose 1'));
    expect(() => checkCombinations({ lambda: 1 }, { constraint: 'gradCam' })).not.toThrow();
  });
});
