/**
 * Imports a package that may not be installed: first as this package sees it, then from the
 * program's main script, then from the working directory. pnpm shows a package only to those that
 * depend on it, and it is the application that depends on an optional engine.
 *
 * @throws Error in one line if it is in none of these places, or what it threw while loading.
 */
export async function loadOptional(specifier: string): Promise<unknown> {
  if (typeof process === 'undefined' || !process.versions?.node) {
    return import(/* @vite-ignore */ specifier);
  }
  const [{ createRequire }, { pathToFileURL }, { join }] = await Promise.all([
    import('node:module'),
    import('node:url'),
    import('node:path'),
  ]);
  const places = [import.meta.url, process.argv[1], join(process.cwd(), 'package.json')];
  for (const place of places) {
    if (place === undefined) continue;
    let file: string;
    try {
      file = createRequire(place).resolve(specifier);
    } catch {
      continue;
    }
    return import(/* @vite-ignore */ pathToFileURL(file).href);
  }
  throw new Error(`${specifier} is not installed`);
}
