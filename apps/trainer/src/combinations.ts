import { flagName, optionKey, UsageError } from '@pcam/cli';
import { attributionNames, attributions } from '@pcam/xai';
import { constrainedNames, NOT_COMPOSED } from './constraint.js';
import { constraintOptions, type TrainOptions } from './options.js';
import { presets } from './presets.js';
import { SELF } from './teacher.js';

type Given = Readonly<Record<string, unknown>>;
type Key = keyof TrainOptions;

/** What the constraint alone reads. */
const OF_CONSTRAINT: readonly Key[] = [
  'lambda',
  'lambdaFrom',
  'lambdaWarmup',
  'lambdaRatio',
  'constraintPenalty',
  'constraintRegion',
  'constraintPositives',
  'pseudoMasks',
  'constraintFocus',
  'constraintScale',
];

const ofPixels = attributionNames.filter((name) => attributions[name].level === 'pixel');

/** What some attributions alone read, each with those, and how these are called. */
const OF_ATTRIBUTION: readonly (readonly [Key, readonly string[], string])[] = [
  ...Object.entries(constraintOptions).map(
    ([key, { of }]) =>
      [optionKey('constraint', key as keyof typeof constraintOptions), of, of.join(', ')] as const,
  ),
  ['constraintChannels', ofPixels, `attributions of pixels, such as ${ofPixels[0]}`],
];

/**
 * Refuses flags that would say nothing: nobody should believe that they did something.
 *
 * @param given by flags and preset, without defaults.
 * @param implied by the run to resume or to begin from.
 * @throws UsageError naming the flag, and what to do.
 */
export function checkCombinations(given: Given, implied: Given): void {
  const of = (key: Key): unknown => given[key] ?? implied[key];
  // A preset that has a name may say what a flag makes void: nobody has written it.
  const named = (presets as Readonly<Record<string, Given>>)[String(given.preset)] ?? {};
  const says = (key: Key): boolean => given[key] !== undefined && given[key] !== named[key];
  if (given.resume === true && says('initFrom')) {
    refuse('initFrom', 'with --resume, which goes on from its own checkpoint; leave one of them out');
  }
  if (given.dryRun === true && given.overfitBatch === true) {
    refuse('dryRun', 'with --overfit-batch; give one of them at a time');
  }
  if (of('monitor') === 'last' && Number(of('patience') ?? 0) > 0) {
    refuse('patience', 'with --monitor last, by which every epoch is better; leave one of them out');
  }
  const names: readonly string[] = constrainedNames(String(of('constraint') ?? 'none'));
  for (const key of [...OF_CONSTRAINT, ...OF_ATTRIBUTION.map(([own]) => own)]) {
    if (names.length === 0 && says(key)) refuse(key, 'without --constraint; give --constraint gradCam');
  }
  for (const [key, readers, called] of OF_ATTRIBUTION) {
    if (says(key) && !names.some((name) => readers.includes(name))) {
      refuse(key, `for --constraint ${of('constraint')}; it is for ${called}`);
    }
  }
  if (says('lambda') && Number(of('lambdaRatio') ?? 0) > 0) {
    refuse('lambda', 'with --lambda-ratio, which sets it; leave one of them out');
  }
  const region = of('constraintRegion');
  const from = of('pseudoMasks');
  // A teacher that is trained first has the region that the flags say.
  const drawn = from !== undefined && from !== SELF;
  if (says('constraintRegion') && drawn) {
    refuse('constraintRegion', 'with --pseudo-masks, which are the region; leave one of them out');
  }
  if (from === SELF && region === 'masks') {
    refuse('pseudoMasks', 'with --constraint-region masks, which are true ones; leave one of them out');
  }
  const composed = region === 'composed' && !drawn;
  if (names.length > 0 && composed && Number(of('compose') ?? 0) === 0) throw new UsageError(NOT_COMPOSED);
  if (says('constraintPositives') && (drawn || region === 'masks' || composed)) {
    const what = composed ? 'the labels of the patches that pixels are of' : 'masks';
    refuse('constraintPositives', `where ${what} tell what is lesion; leave it out`);
  }
}

function refuse(key: Key, why: string): never {
  throw new UsageError(`--${flagName(key)} says nothing ${why}`);
}
