/** A signal that Ctrl-C aborts. */
export interface Interrupt {
  readonly signal: AbortSignal;
  /** Leaves Ctrl-C to the process again. */
  dispose(): void;
}

/**
 * The first Ctrl-C (SIGINT) or SIGTERM aborts the signal, so that `fit` finishes its step,
 * saves and returns. The second one ends the process at once, as usual.
 */
export function abortOnInterrupt(onFirst?: (name: NodeJS.Signals) => void): Interrupt {
  const controller = new AbortController();
  const names: NodeJS.Signals[] = ['SIGINT', 'SIGTERM'];
  const dispose = (): void => {
    for (const name of names) process.off(name, handle);
  };
  const handle = (name: NodeJS.Signals): void => {
    // Without our handler, the next signal has its usual effect.
    dispose();
    controller.abort(new Error(`interrupted by ${name}`));
    onFirst?.(name);
  };
  for (const name of names) process.on(name, handle);
  return { signal: controller.signal, dispose };
}
