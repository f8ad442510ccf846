/**
 * Lets timers, signals and the page's events have their turn: on engines that compute
 * synchronously, `await` alone never does.
 */
export function yieldToEvents(): Promise<void> {
  return new Promise((resolve) => {
    // Browsers have no setImmediate, and animation frames stop in hidden tabs.
    if (typeof setImmediate === 'function') setImmediate(resolve);
    else setTimeout(resolve, 0);
  });
}
