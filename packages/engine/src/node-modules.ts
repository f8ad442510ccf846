/** Whether this is Node (or Electron, Deno, Bun, which have its modules), and not a browser. */
export function inNode(): boolean {
  return typeof process !== 'undefined' && typeof process.getBuiltinModule === 'function';
}

/** Asked for at run time and not imported, so that a bundler for browsers has nothing to resolve. */
export const nodeModule: typeof process.getBuiltinModule = (id: string) => process.getBuiltinModule(id);

/**
 * The file of an installed package, in Node: first as this package sees it, then as the program's main script does,
 * then from the working directory. pnpm shows a package only to those that depend on it, and it is the application
 * that depends on an optional engine.
 *
 * @returns undefined where it is in none of these places.
 */
export function installedFile(specifier: string): string | undefined {
  const { createRequire } = nodeModule('node:module');
  // Bundled as CommonJS there is no import.meta.url.
  const places = [
    import.meta.url,
    process.argv[1],
    nodeModule('node:path').join(process.cwd(), 'package.json'),
  ];
  for (const place of places) {
    if (!place) continue;
    try {
      return createRequire(place).resolve(specifier);
    } catch {
      // Not to be seen from there.
    }
  }
  return undefined;
}
