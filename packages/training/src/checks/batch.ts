import { describeValue, isTensor } from '@pcam/options';
import type { Batch } from '@pcam/pcam-data';
import { abs, max, min, mul, stack, sub, type Tensor, tidy } from '@tensorflow/tfjs-core';

/** Shapes of a batch; no waiting for the engine. @throws Error naming the first that is wrong. */
export function checkBatch(where: string, batch: Batch, needs: { readonly masks?: boolean } = {}): void {
  const { images, labels, masks, pixelLabels, tumorPatch, index } = batch;
  const [size = 0, height, width] = images?.shape ?? [];
  const wrong = (what: string, wanted: string, got: unknown): Error =>
    new Error(`${where}: ${what} of a batch must be ${wanted}, got ${describeValue(got)}`);
  if (!isTensor(images) || images.rank !== 4 || images.shape[3] !== 3 || images.dtype !== 'float32') {
    const type = isTensor(images) && images.dtype !== 'float32' ? `${images.dtype} ` : '';
    throw new Error(
      `${where}: images of a batch must be a float32 tensor [B, H, W, 3], RGB in [0, 1], got ${type}${describeValue(images)}`,
    );
  }
  if (!hasShape(labels, [size])) throw wrong('labels', `a tensor [${size}], 0 or 1`, labels);
  if (index?.length !== size) throw wrong('index', `${size} places in the data set`, index);
  if ((masks || needs.masks) && !hasShape(masks, [size, height!, width!])) {
    throw wrong('masks', `a tensor [${size}, ${height}, ${width}], 0 or 1`, masks);
  }
  if (pixelLabels && !hasShape(pixelLabels, [size, height!, width!])) {
    throw wrong('pixelLabels', `a tensor [${size}, ${height}, ${width}], 0 or 1`, pixelLabels);
  }
  if (tumorPatch && !hasShape(tumorPatch, [size]))
    throw wrong('tumorPatch', `a tensor [${size}]`, tumorPatch);
}

/**
 * Values of a batch; waits for the engine once, so it is for the first batch alone. Numbers that are not finite are
 * left to the diagnosis, which says where they come from.
 *
 * @param training a batch to learn from, which cannot be all black; one to look at may.
 * @throws Error where labels (or masks) are not 0 or 1, or images are not RGB in [0, 1] or all black.
 */
export async function checkValues(
  where: string,
  { images, labels, masks }: Batch,
  training = false,
): Promise<void> {
  const found = tidy(() => {
    const off = (x: Tensor): Tensor => max(abs(mul(x, sub(x, 1))));
    return stack([min(images), max(images), off(labels), ...(masks ? [off(masks)] : [])]);
  });
  const [least, most, label, mask = 0] = await found.data();
  found.dispose();
  if (label !== 0) throw new Error(`${where}: labels of the first batch are not 0 or 1 each`);
  if (mask !== 0) throw new Error(`${where}: masks of the first batch are not 0 or 1 each`);
  if (!Number.isFinite(least! + most!)) return;
  if (least! < -1e-3 || most! > 1 + 1e-3) {
    const hint = most! > 2 ? 'divide bytes by 255' : 'the model standardises them itself';
    throw new Error(
      `${where}: images of the first batch go from ${least!.toPrecision(3)} to ${most!.toPrecision(3)}; RGB in [0, 1] is expected (${hint})`,
    );
  }
  // Numbers in [0, 1] cast to bytes end so, and patches that were never filled.
  if (training && most! <= 1.001 / 255) {
    throw new Error(
      `${where}: images of the first batch are all black (their largest value is ${most!.toPrecision(2)} of 1); a data set holds bytes from 0 to 255`,
    );
  }
}

/** One logit a patch. @throws Error naming the shape, and what to do. */
export function checkLogits(where: string, model: string, logits: Tensor, images: Tensor): void {
  const size = images.shape[0]!;
  if (hasShape(logits, [size])) {
    if (logits.dtype === 'float32') return;
    throw new Error(
      `${where}: model '${model}' gave ${logits.dtype} logits; expected float32: a cast to integers has no gradient`,
    );
  }
  throw new Error(
    `${where}: model '${model}' gave ${describeValue(logits)} for ${size} patches; expected logits [${size}], one a patch${advice(logits, size)}`,
  );
}

/** One logit a pixel. @throws as {@link checkLogits}. */
export function checkPixelLogits(where: string, model: string, logits: Tensor, images: Tensor): void {
  const wanted = images.shape.slice(0, 3);
  if (hasShape(logits, wanted)) return;
  throw new Error(
    `${where}: model '${model}' gave ${describeValue(logits)} for images [${images.shape.join(', ')}]; expected logits [${wanted.join(', ')}], one a pixel`,
  );
}

function advice(logits: unknown, size: number): string {
  if (!isTensor(logits)) return '';
  const columns = logits.shape[1];
  if (logits.rank === 0) return ': leave the mean over the batch out';
  if (logits.rank !== 2 || logits.shape[0] !== size) return '';
  if (columns === 1) return ': end its forward with reshape(logits, [-1])';
  if (columns === 2) return ": take column 1 less column 0, the two-class softmax's logit";
  return '';
}

function hasShape(value: unknown, shape: readonly number[]): boolean {
  return (
    isTensor(value) && value.shape.length === shape.length && value.shape.every((n, i) => n === shape[i])
  );
}
