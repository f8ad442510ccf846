import { inNode, installedFile, nodeModule } from './node-modules.js';

/**
 * Imports a package that may not be installed.
 *
 * @throws Error in one line where it is not, or what it threw while loading. In a browser there is nothing installed:
 *   the page gives such a package, see `EngineOptions.load`.
 */
export async function loadOptional(specifier: string): Promise<unknown> {
  if (!inNode()) {
    throw new Error(`${specifier} is not bundled: give load: () => import('${specifier}')`);
  }
  const file = installedFile(specifier);
  if (file === undefined) throw new Error(`${specifier} is not installed`);
  // For Node alone: bundlers leave it as it is.
  return import(/* webpackIgnore: true */ /* @vite-ignore */ nodeModule('node:url').pathToFileURL(file).href);
}
