import { checkValues } from '../display/check-values.js';
import { XaiError } from '../errors.js';

/** @throws XaiError where there is not one whole map for each label, or a label is not 0 or 1. */
export function checkLabelledMaps(
  maps: ArrayLike<number>,
  labels: ArrayLike<number>,
  [height, width]: readonly [height: number, width: number],
): void {
  checkValues('maps', maps);
  checkValues('labels', labels);
  if (maps.length !== labels.length * height * width) {
    throw new XaiError(
      'shape',
      `There are ${maps.length} map pixels for ${labels.length} labels; expected maps of ${height}×${width}.`,
    );
  }
  for (let k = 0; k < labels.length; k++) {
    if (labels[k] !== 0 && labels[k] !== 1)
      throw new XaiError('shape', `Label ${k} is ${labels[k]}; labels are 0 or 1.`);
  }
}

/** @throws XaiError for what is no height and width. */
export function checkSize(where: string, size: readonly [height: number, width: number]): void {
  const whole =
    Array.isArray(size) && size.length === 2 && size.every((side) => Number.isInteger(side) && side > 0);
  if (!whole)
    throw new XaiError(
      'option',
      `${where}: size is ${JSON.stringify(size)}; expected [height, width] of the maps.`,
    );
}
