// Stands in for dist/gradients.js where packages run from source (condition `@pcam/source`).
import { mkdir, rename, stat, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { version_core } from '@tensorflow/tfjs-core';

const root = fileURLToPath(new URL('../../', import.meta.url));
const cached = join(root, 'node_modules', '.cache', 'tfjs-gradients', `gradients-${version_core}.mjs`);

if (!(await isUpToDate())) {
  const [{ build }, { GRADIENTS_MODULE, shareTfjsCore }] = await Promise.all([
    import('esbuild'),
    import('./bundle.js'),
  ]);
  const result = await build({
    stdin: { contents: `import '${GRADIENTS_MODULE}';`, resolveDir: root },
    bundle: true,
    format: 'esm',
    write: false,
    plugins: [shareTfjsCore()],
  });
  // Test processes start side by side: write aside, so that none reads half a file.
  await mkdir(dirname(cached), { recursive: true });
  const aside = `${cached}.${process.pid}`;
  await writeFile(aside, result.outputFiles[0]!.contents);
  await rename(aside, cached);
}
await import(/* @vite-ignore */ pathToFileURL(cached).href);

async function isUpToDate(): Promise<boolean> {
  const [built, recipe] = await Promise.all(
    [cached, join(root, 'src', 'register', 'bundle.ts')].map((path) => stat(path).catch(() => undefined)),
  );
  return built !== undefined && recipe !== undefined && built.mtimeMs > recipe.mtimeMs;
}
