import type { Results } from '../results.js';

/** What a reader needs to know beside the numbers, a line each. */
export function notes({ peak, rows, options }: Results): string[] {
  const lines = [
    `Peak: ${peak.gflops.toFixed(1)} GFLOP/s, the faster of both sides' float32 products (${peak.by}).`,
    'Shares count the operations that the work takes with direct convolutions, alike for both sides: batch × forward for inference and Grad-CAM, × 3 for train, × 6 for constrained, less the first layer’s input gradient. Winograd saves multiplications, so a share may exceed 100 %.',
  ];
  if (options.alone) return lines;
  lines.unshift(
    `Ratio: PyTorch's time / ours, the median of ${options.rounds} rounds of ${options.iterations} steps of each; beside it the lowest and highest round.`,
  );
  const idle = Math.max(...rows.map(({ disturbance }) => disturbance.idle));
  if (idle > 0.05) lines.push(`Beware: the side that waited kept ${idle.toFixed(2)} of a core busy.`);
  const others = Math.max(...rows.map(({ disturbance }) => disturbance.others));
  if (others > 0.1) lines.push(`Beware: other programs took up to ${others.toFixed(2)} of a core meanwhile.`);
  return lines;
}

/** Machine, versions and settings, a line each. */
export function circumstances({ date, machine, ours, torch, options }: Results): string[] {
  const { processor, cores, memoryGiB, instructions, system, node } = machine;
  const { batch, threads, seed, rounds, iterations } = options;
  const vectors = instructions.length > 0 ? ` (${instructions.join(', ')})` : '';
  const theirs = torch
    ? [
        `PyTorch ${torch.torch}, torchvision ${torch.torchvision}, ${torch.threads} threads waiting ${torch.wait}`,
      ]
    : [];
  return [
    `${processor}${vectors}, ${cores} cores, ${memoryGiB} GiB, ${system}, Node ${node}, ${date.slice(0, 10)}`,
    `ours: engine ${ours.engine}, ${ours.device}, ${ours.threads} threads, tfjs ${ours.tfjs}`,
    ...theirs,
    `batch ${batch}, ${threads} threads asked for, seed ${seed}, ${rounds} rounds of ${iterations} steps`,
  ];
}
