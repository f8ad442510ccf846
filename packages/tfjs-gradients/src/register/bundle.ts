import { readFile } from 'node:fs/promises';
import * as core from '@tensorflow/tfjs-core';
import type { Plugin } from 'esbuild';

/** Side effect: registers every gradient that tfjs-core has. ESM without file extensions in a CommonJS package. */
export const GRADIENTS_MODULE = '@tensorflow/tfjs-core/dist/register_all_gradients.js';

/**
 * Bundles tfjs-core's gradient files alone: whatever else they import that tfjs-core also
 * exports publicly stays an import of tfjs-core, so its code is not loaded twice.
 */
export function shareTfjsCore(): Plugin {
  return {
    name: 'share-tfjs-core',
    setup(build) {
      build.onLoad({ filter: /[\\/]tfjs-core[\\/]dist[\\/].*\.js$/ }, async ({ path }) => {
        if (/[\\/]dist[\\/]engine\.js$/.test(path)) {
          return {
            contents: `import { engine } from '@tensorflow/tfjs-core'; export const ENGINE = engine();`,
            resolveDir: '/',
          };
        }
        const source = await readFile(path, 'utf8');
        const names = exportedNames(source);
        if (names.length > 0 && names.every((name) => name in core)) {
          return { contents: `export { ${names.join(', ')} } from '@tensorflow/tfjs-core';` };
        }
        return { contents: source.replace(/\/\/# sourceMappingURL=.*/g, '') };
      });
      build.onResolve({ filter: /^@tensorflow\/tfjs-core$/ }, ({ path }) => ({ path, external: true }));
    },
  };
}

function exportedNames(source: string): string[] {
  const declared = source.matchAll(/^export (?:const|let|var|function|class|async function) (\w+)/gm);
  const listed = source.matchAll(/^export \{([^}]*)\}/gm);
  return [
    ...[...declared].map((match) => match[1]!),
    ...[...listed].flatMap((match) =>
      match[1]!.split(',').map(
        (name) =>
          name
            .trim()
            .split(/\s+as\s+/)
            .at(-1)!,
      ),
    ),
  ];
}
