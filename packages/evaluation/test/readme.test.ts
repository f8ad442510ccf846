import { testReadme } from '../../../vitest.readme.js';

testReadme(import.meta.url, [
  /^7 4096\nAP within patches \{\s+value: 0\.\d+[\s\S]*means over [1-8] partly tumorous ones/m,
  /^\[ 4, 64, 64 \] 16384 4\n[\s\S]*\{ value: 0\.\d+, ci95: null \}/m,
  /^true (0|1|0\.\d+)$/m,
  /^flips agree best at -?\d.*\nmaps rise -?\d/m,
  /difference: -?0\.\d+,\s+ci95: \[ -?0\.\d+, -?0\.\d+ \]/,
]);
