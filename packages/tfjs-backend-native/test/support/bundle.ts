import { readFile } from 'node:fs/promises';
import { pathToFileURL } from 'node:url';
import { build, type Plugin } from 'esbuild';
import type { Backend } from './backends.js';

/** What a script exports as `main`; what it finds out goes into the file `output`. */
export type Main = (
  register: () => void,
  args: [output: string, backend: string, ...more: string[]],
) => Promise<void>;

/**
 * A script, a backend, tfjs-core and the cpu backend in one file for Node: tfjs-core's specs
 * and gradients are ESM without file extensions in a CommonJS package, which Node cannot
 * import, and they must share every class and table of tfjs-core with the backend.
 */
export async function bundle(backend: Backend, script: string, outfile: string): Promise<void> {
  const { metafile } = await build({
    stdin: {
      contents: `
        import { register } from ${JSON.stringify(backend.entry)};
        import { main } from ${JSON.stringify(script)};
        main(register, process.argv.slice(2)).catch((error) => {
          console.error(error);
          process.exit(1);
        });`,
      resolveDir: import.meta.dirname,
    },
    outfile,
    bundle: true,
    platform: 'node',
    target: 'node20',
    format: 'cjs',
    // tfjs's ESM, by `module`: its `main` is a second copy of everything.
    mainFields: ['module', 'main'],
    conditions: ['@pcam/source'],
    // tfjs-core declares that its specs have no side effects; they would be dropped.
    ignoreAnnotations: true,
    external: ['jasmine-core'],
    plugins: [keepOwnUrl()],
    metafile: true,
    logLevel: 'error',
  });
  const engines = Object.keys(metafile.inputs).filter((path) =>
    /tfjs-core\/dist\/(engine|tf-core[^/]*)\.js$/.test(path),
  );
  if (engines.length !== 1) {
    throw new Error(`the bundle needs tfjs-core exactly once, and has ${engines.join(', ') || 'none'}`);
  }
}

/** Lets a backend find its addon relative to its own source, as it does outside of a bundle. */
function keepOwnUrl(): Plugin {
  return {
    name: 'keep-own-url',
    setup(build) {
      build.onLoad({ filter: /\.ts$/ }, async ({ path }) => {
        const source = await readFile(path, 'utf8');
        const url = JSON.stringify(pathToFileURL(path).href);
        return { contents: source.replaceAll('import.meta.url', url), loader: 'ts' };
      });
    },
  };
}
