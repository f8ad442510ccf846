import { testReadme } from '../../../vitest.readme.js';

testReadme(import.meta.url, [
  /^7 4096\nAP within patches \{\s+value: 0\.\d+/m,
  /^\[ 4, 64, 64 \] 16384 4\n[\s\S]*\{ value: 0\.\d+, ci95: null \}/m,
  /^true (0|1|0\.\d+)$/m,
]);
