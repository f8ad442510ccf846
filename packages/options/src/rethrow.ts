/**
 * Runs checks whose errors are to be of the package's own kind.
 *
 * @param own makes it from the message.
 */
export function rethrow(check: () => void, own: (message: string) => Error): void {
  try {
    check();
  } catch (error) {
    throw own((error as Error).message);
  }
}
