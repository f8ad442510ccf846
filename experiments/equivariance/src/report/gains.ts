import { type Cell, type MarkdownRow, markdownTable } from '@pcam/experiment-constraint/markdown';
import { NETWORKS, type NetworkName, networkNames } from '../networks.js';
import type { CurveResult } from '../result.js';
import { aurocContrast, type Contrast, logLossContrast } from './contrast.js';
import { rowsOf, sharesOf, signed } from './tables.js';

/** Kinds that are held against each other, where there are results of both. */
function pairsOf(results: readonly CurveResult[]): [NetworkName, NetworkName][] {
  const known = new Set(results.map(({ network }) => network));
  return networkNames.flatMap((network): [NetworkName, NetworkName][] => {
    const over = NETWORKS[network].over as NetworkName | undefined;
    return over && known.has(network) && known.has(over) ? [[network, over]] : [];
  });
}

/** The networks of both kinds and all these shares, of the seeds that each of them has. */
function matched(
  results: readonly CurveResult[],
  kinds: readonly { readonly network: NetworkName; readonly share: number }[],
): CurveResult[][] | null {
  const rows = rowsOf(results);
  const own = kinds.map(
    ({ network, share }) => rows.find((row) => row.network === network && row.share === share)?.results ?? [],
  );
  const seeds = own[0]!.map(({ seed }) => seed).filter((seed) => own.every((row) => has(row, seed)));
  if (seeds.length === 0) return null;
  return own.map((row) => row.filter(({ seed }) => seeds.includes(seed)));
}

function has(row: readonly CurveResult[], seed: number): boolean {
  return row.some((result) => result.seed === seed);
}

/** Gains in AUROC by share, and how much larger they are on the smallest share than on the largest. */
export function gainTable(results: readonly CurveResult[]): string {
  const shares = sharesOf(results);
  const [least, most] = [shares[0]!, shares.at(-1)!];
  const rows = pairsOf(results).map(([network, over]): MarkdownRow => {
    const gains = shares.map((share) => {
      const found = matched(results, [
        { network, share },
        { network: over, share },
      ]);
      return found && aurocContrast([plus(found[0]!), minus(found[1]!)]);
    });
    const found = matched(results, [
      { network, share: least },
      { network: over, share: least },
      { network, share: most },
      { network: over, share: most },
    ]);
    const [a, b, c, d] = found ?? [];
    const trend = a && b && c && d && least < most && aurocContrast([plus(a), minus(b), minus(c), plus(d)]);
    return { names: [network, over], cells: [...gains, trend || null].map(contrastCell) };
  });
  const heading = ['AUROC of', 'less that of', ...shares.map((share) => `${share} %`)];
  return markdownTable([...heading, `${least} % less ${most} %`], rows);
}

/** Differences of log loss by share. */
export function logLossTable(results: readonly CurveResult[]): string {
  const shares = sharesOf(results);
  const rows = pairsOf(results).map(([network, over]): MarkdownRow => {
    const differences = shares.map((share) => {
      const found = matched(results, [
        { network, share },
        { network: over, share },
      ]);
      return found && logLossContrast(found[0]!, found[1]!);
    });
    return { names: [network, over], cells: differences.map(contrastCell) };
  });
  return markdownTable(['log loss of', 'less that of', ...shares.map((share) => `${share} %`)], rows);
}

function plus(networks: readonly CurveResult[]) {
  return { sign: 1, networks } as const;
}

function minus(networks: readonly CurveResult[]) {
  return { sign: -1, networks } as const;
}

/** Bold where the interval leaves out 0. */
function contrastCell(contrast: Contrast | null): Cell | null {
  if (!contrast) return null;
  const { value, seeds, ci95 } = contrast;
  const clear = ci95 !== null && (ci95[0] > 0 || ci95[1] < 0);
  const interval = ci95 ? ` [${ci95.map(signed).join(', ')}]` : '';
  const range = seeds.length > 1 ? `<br>${signed(Math.min(...seeds))} to ${signed(Math.max(...seeds))}` : '';
  return { value: clear ? `**${signed(value)}**` : signed(value), spread: `${interval}${range}` };
}
