import { version_core } from '@tensorflow/tfjs-core';

/** The version whose gradients and tape were read, mended and tested here. */
const KNOWN = /^4\.22\./;

let told = false;

/**
 * Says once, in one line, where tfjs-core is another than the one that is known here. It warns and does not refuse:
 * gradients are registered by names that tfjs exports and are right by definition, whatever tfjs's own are by then.
 * Only what patches its internals refuses (`requireKnownTfjs`).
 */
export function warnOfUnknownTfjs(version: string = version_core): void {
  if (KNOWN.test(version) || told) return;
  told = true;
  console.warn(
    `@pcam/tfjs-gradients knows @tensorflow/tfjs-core 4.22 and finds ${version}: what tfjs gets wrong there is unknown, and enableHigherOrderGradients() refuses; install @tensorflow/tfjs-core@~4.22.0.`,
  );
}

/**
 * @throws Error where tfjs-core is another than the one whose tape is patched: on another, second derivatives might
 *   be wrong in silence.
 */
export function requireKnownTfjs(version: string = version_core): void {
  if (KNOWN.test(version)) return;
  throw new Error(
    `enableHigherOrderGradients() patches the tape of @tensorflow/tfjs-core 4.22, and this is ${version}: install @tensorflow/tfjs-core@~4.22.0.`,
  );
}
