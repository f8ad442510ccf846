import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { difference } from './compare.js';

/** Debian's chromium ships a Vulkan loader and SwiftShader, a Vulkan driver in software. */
const CHROMIUM = '/usr/lib/chromium';
const DRIVER = process.env.VK_DRIVER_FILES ?? `${CHROMIUM}/vk_swiftshader_icd.json`;
const present = existsSync(DRIVER);

const name = 'webgpu computes what cpu computes, on tiny shapes';

test.runIf(present)(present ? name : `${name}: skipped, no software Vulkan driver is installed`, async () => {
  const run = async (engine: string): Promise<number[][]> => {
    const script = fileURLToPath(new URL('./tiny-net.ts', import.meta.url));
    const { stdout } = await promisify(execFile)(
      process.execPath,
      ['--conditions=@pcam/source', '--import=tsx', script, engine],
      {
        env: {
          ...process.env,
          VK_DRIVER_FILES: DRIVER,
          LD_LIBRARY_PATH: [process.env.LD_LIBRARY_PATH, CHROMIUM].filter(Boolean).join(':'),
        },
      },
    );
    return JSON.parse(stdout.trim().split('\n').at(-1)!) as number[][];
  };
  const [own, reference] = [await run('webgpu'), await run('cpu')];
  expect(own.length).toBe(reference.length);
  own.forEach((values, i) => {
    expect(difference(values, reference[i]!), `output ${i}`).toBeLessThan(1e-4);
  });
});
