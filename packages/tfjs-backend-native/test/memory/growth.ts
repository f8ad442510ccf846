/**
 * How much the last third of the values is above the first, as a share, by their medians:
 * one sample is at the mercy of the allocator and the collector, a third of a run is not.
 */
export function growth(values: number[]): number {
  const third = Math.ceil(values.length / 3);
  const first = median(values.slice(0, third));
  return (median(values.slice(-third)) - first) / first;
}

function median(values: number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
}
