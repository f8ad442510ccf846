import { testReadme } from '../../../vitest.readme.js';

testReadme(import.meta.url, [
  /^finished \{/m,
  /^recipe \d/m,
  /^maps that segment, from labels alone 1$/m,
  /^finished 0\.\d+/m,
  /^epoch 1 \{ height: 32, width: 32 \}/m,
  /^2 \d\.\d+ \{ smooth: /m,
  /^onEpoch 2$/m,
  /^\d+ \d+$/m,
]);
