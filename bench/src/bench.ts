import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CHECKED_WEIGHT, type ModelKey, type RowKey, SETTINGS, SIZE } from './catalogue.js';
import { rowFlops, type Work, workOf } from './flops.js';
import { thisMachine } from './machine.js';
import { type BenchOptions, chosenRows } from './options.js';
import { measurePeak } from './peak.js';
import type { Files, Who } from './protocol.js';
import type { Results, RowResult } from './results.js';
import { requireSame } from './same.js';
import type { Side } from './side.js';
import { startOurs, startTorch } from './start-sides.js';
import { compare, median } from './statistics.js';
import { takeTurns } from './turns.js';

/** Images of the comparison of the two models; more only take longer. */
const checkedImages = 4;

interface Sides {
  readonly ours: Side;
  readonly torch: Side | undefined;
}

/**
 * Times every row asked for on both sides.
 *
 * @throws Error in one line where PyTorch is missing, a side fails, or the models are not the same.
 */
export async function runBench(options: BenchOptions, say: (line: string) => void): Promise<Results> {
  const chosen = chosenRows(options);
  const started = options.alone ? undefined : await startTorch(options);
  const torch = started?.side;
  const ours = startOurs(options);
  const sides = { ours, torch };
  const folder = await mkdtemp(join(tmpdir(), 'pcam-bench-'));
  try {
    const own = await ours.ask('hello', {});
    say(`ours: ${own.engine}, ${own.device} (${own.why})`);
    const theirs: Who | undefined = started && {
      ...(await started.side.ask('hello', {})),
      wait: started.wait,
    };
    if (theirs) say(`PyTorch: ${theirs.torch}, ${theirs.threads} threads, waiting ${theirs.wait}`);
    const peak = await measurePeak(ours, torch, say);
    const rows: RowResult[] = [];
    for (const { model, rows: keys } of chosen) {
      const place = (what: string): string => join(folder, `${model}-${what}.safetensors`);
      const files = { model, weights: place('weights'), data: place('data') };
      const { config } = await ours.ask('write', { ...files, batch: options.batch, seed: options.seed });
      const differences = await checkModel(sides, files, keys, options.batch, say);
      const work = workOf(config, SIZE);
      for (const row of keys)
        rows.push({ ...(await timeRow(sides, files, row, work, options, say)), differences });
    }
    return {
      date: new Date().toISOString(),
      options,
      machine: thisMachine(),
      ours: own,
      ...(theirs && { torch: theirs }),
      peak,
      rows,
    };
  } finally {
    ours.close();
    torch?.close();
    await rm(folder, { recursive: true });
  }
}

/** The two sides' numbers from the same weights and images; nothing without PyTorch. */
async function checkModel(
  { ours, torch }: Sides,
  files: Files,
  rows: readonly RowKey[],
  batch: number,
  say: (line: string) => void,
): Promise<Record<string, number> | undefined> {
  if (!torch) return undefined;
  const request = { ...files, rows, images: Math.min(batch, checkedImages), weight: CHECKED_WEIGHT };
  const differences = requireSame(
    files.model,
    await ours.ask('check', request),
    await torch.ask('check', request),
  );
  const worst = Math.max(...Object.values(differences));
  say(`${files.model}: the same model on both sides; numbers differ by ${worst.toExponential(0)} at most`);
  return differences;
}

async function timeRow(
  { ours, torch }: Sides,
  files: Files,
  row: RowKey,
  work: Work,
  options: BenchOptions,
  say: (line: string) => void,
): Promise<RowResult> {
  const request = { ...files, row, settings: SETTINGS };
  const prepared = torch && (await torch.ask('prepare', request));
  await ours.ask('prepare', request);
  const { rounds, disturbance } = await takeTurns(ours, torch, options);
  const comparison = torch ? compare(rounds) : { ours: median(rounds.flatMap((round) => round.ours)) };
  say(describe(files.model, row, comparison));
  const kernels = options.kernels && (await ours.ask('kernels', { iterations: options.iterations }));
  return {
    model: files.model,
    row,
    flops: rowFlops(row, work, options.batch),
    ...(prepared && { prepared }),
    rounds,
    disturbance,
    comparison,
    ...(kernels && { kernels }),
  };
}

function describe(model: ModelKey, row: RowKey, { ours, torch, ratio }: RowResult['comparison']): string {
  const beside = torch === undefined ? '' : `, PyTorch ${torch.toFixed(1)} ms, ratio ${ratio!.toFixed(2)}`;
  return `${model} ${row}: ours ${ours.toFixed(1)} ms${beside}`;
}
