import { getGradient } from '@tensorflow/tfjs-core';

/** @throws Error, with what to do, where tfjs-core stands alone, without gradients. */
export function requireGradients(): void {
  if (getGradient('Sum') && getGradient('Identity')) return;
  throw new Error(
    "tfjs has no gradients registered: call useEngine() from @pcam/engine, or import '@tensorflow/tfjs', first.",
  );
}
