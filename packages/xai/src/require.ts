import { getGradient, type Tensor4D } from '@tensorflow/tfjs-core';

/** @throws Error for what is no batch of images, or an empty one. */
export function requireImages(images: Tensor4D): void {
  if (images.rank === 4 && images.size > 0) return;
  throw new Error(`Images are shaped [${images.shape}]; expected [B, H, W, C] with at least one image.`);
}

/** @throws Error where tfjs cannot differentiate yet. */
export function requireGradients(): void {
  if (getGradient('Sum') && getGradient('Identity')) return;
  throw new Error(
    "tfjs has no gradients registered: call useEngine() from @pcam/engine, or import '@tensorflow/tfjs', first.",
  );
}
