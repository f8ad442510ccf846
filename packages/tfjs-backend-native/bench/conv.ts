/*
 * Convolutions of ResNet-18 at batch 32 of 96×96, in GFLOP/s of processor time, counted as direct convolution:
 *
 *     node --conditions=@pcam/source --import=tsx bench/conv.ts [threads] [winograd]
 *
 * winograd: the tile size (2 to 4), 0 for direct convolution, -1 (default) for what should be fastest.
 */
import { loadAddon } from '../src/addon.js';

const threads = Number(process.argv[2] ?? 1);
const winograd = Number(process.argv[3] ?? -1);
const batch = 32;
const addon = loadAddon();
addon.setThreads(threads);

/** Milliseconds of one thread: the least of five, in processor time, which other programs disturb less. */
function milliseconds(work: () => void): number {
  work();
  const times = Array.from({ length: 5 }, () => {
    const start = process.cpuUsage();
    work();
    const { user, system } = process.cpuUsage(start);
    return (user + system) / 1000;
  });
  return Math.min(...times);
}

function noise(count: number): Float32Array {
  const values = new Float32Array(addon.allocate(count * 4), 0, count);
  return values.map(() => Math.random() - 0.5);
}

const convolutions: [
  name: string,
  size: number,
  inputs: number,
  outputs: number,
  filter: number,
  stride: number,
][] = [
  ['7×7, 3→64, 96×96, stride 2', 96, 3, 64, 7, 2],
  ['3×3, 64→64, 24×24', 24, 64, 64, 3, 1],
  ['3×3, 64→128, 24×24, stride 2', 24, 64, 128, 3, 2],
  ['1×1, 64→128, 24×24, stride 2', 24, 64, 128, 1, 2],
  ['3×3, 128→128, 12×12', 12, 128, 128, 3, 1],
  ['3×3, 256→256, 6×6', 6, 256, 256, 3, 1],
  ['3×3, 512→512, 3×3', 3, 512, 512, 3, 1],
];

const [m, a, b, c] = [1024, noise(1024 ** 2), noise(1024 ** 2), noise(1024 ** 2)];
const product = milliseconds(() => addon.matmul(a, b, null, c, 1, m, m, m, false, false, false, false, 0));
console.log(
  `${addon.instructionSet()}, ${threads} threads; product 1024³: ${((2 * m ** 3) / product / 1e6).toFixed(1)}`,
);
for (const [name, size, inputs, outputs, filter, stride] of convolutions) {
  const out = Math.ceil(size / stride);
  const pad = Math.floor(filter / 2);
  const shape = [
    batch,
    size,
    size,
    inputs,
    out,
    out,
    outputs,
    filter,
    filter,
    stride,
    stride,
    pad,
    pad,
    1,
    1,
  ];
  const sizes = Int32Array.from(shape);
  const x = noise(batch * size * size * inputs);
  const weights = noise(filter * filter * inputs * outputs);
  const y = noise(batch * out * out * outputs);
  const operations = 2 * y.length * filter * filter * inputs;
  const speeds = [
    () => addon.conv2d(sizes, x, weights, null, y, 0, winograd),
    () => addon.conv2dInputGradient(sizes, y, weights, x, winograd),
    () => addon.conv2dFilterGradient(sizes, x, y, weights, winograd),
  ].map((work) => Math.round(operations / milliseconds(work) / 1e6));
  console.log(`| ${name} | ${speeds.join(' | ')} |`);
}
