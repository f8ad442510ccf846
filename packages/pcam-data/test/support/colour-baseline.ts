/** What can be known of a patch from its colours alone, wherever in it they stand. */
export function colourFeatures(image: Uint8Array): number[] {
  const n = image.length / 3;
  const features: number[] = [];
  for (let channel = 0; channel < 3; channel++) {
    const counts = new Float64Array(256);
    for (let i = channel; i < image.length; i += 3) counts[image[i] as number]! += 1 / n;
    const density = (level: number): number => -Math.log((level + 1) / 256);
    for (const scale of [(level: number): number => level, density]) {
      let mean = 0;
      let square = 0;
      counts.forEach((share, level) => {
        mean += share * scale(level);
        square += share * scale(level) ** 2;
      });
      features.push(mean, Math.sqrt(Math.max(0, square - mean * mean)));
      for (const q of [0.01, 0.05, 0.1, 0.25, 0.5, 0.75, 0.9, 0.95, 0.99]) {
        let level = 0;
        for (let sum = counts[0] as number; sum < q && level < 255; sum += counts[level] as number) level++;
        features.push(scale(level));
      }
    }
    for (let bin = 0; bin < 16; bin++) {
      let sum = 0;
      for (let level = bin * 16; level < bin * 16 + 16; level++) sum += counts[level] as number;
      features.push(sum);
    }
  }
  return features;
}

/** Standardises all rows by the mean and deviation of the first `train` and adds a constant. */
export function standardise(rows: readonly number[][], train: number): number[][] {
  const width = (rows[0] as number[]).length;
  const mean = new Float64Array(width);
  const sd = new Float64Array(width);
  for (const row of rows.slice(0, train))
    for (let j = 0; j < width; j++) mean[j]! += (row[j] as number) / train;
  for (const row of rows.slice(0, train))
    for (let j = 0; j < width; j++) sd[j]! += ((row[j] as number) - (mean[j] as number)) ** 2 / train;
  return rows.map((row) => [
    1,
    ...row.map((v, j) => (v - (mean[j] as number)) / (Math.sqrt(sd[j] as number) || 1)),
  ]);
}

/** Logistic regression with penalty ½‖w‖²/C, by Newton's method. */
export function fitLogistic(x: readonly number[][], y: ArrayLike<number>, c: number): Float64Array {
  const d = (x[0] as number[]).length;
  const w = new Float64Array(d);
  for (let step = 0; step < 12; step++) {
    const gradient = new Float64Array(d);
    const hessian = Array.from({ length: d }, () => new Float64Array(d));
    x.forEach((row, i) => {
      const p = 1 / (1 + Math.exp(-dot(row, w)));
      const weight = Math.max(p * (1 - p), 1e-9);
      for (let j = 0; j < d; j++) {
        gradient[j]! += (p - (y[i] as number)) * (row[j] as number);
        const scaled = weight * (row[j] as number);
        const out = hessian[j] as Float64Array;
        for (let k = 0; k <= j; k++) out[k]! += scaled * (row[k] as number);
      }
    });
    for (let j = 0; j < d; j++) {
      gradient[j]! += (w[j] as number) / c;
      (hessian[j] as Float64Array)[j]! += 1 / c;
    }
    const move = solveCholesky(hessian, gradient);
    for (let j = 0; j < d; j++) w[j]! -= move[j] as number;
  }
  return w;
}

export function dot(a: ArrayLike<number>, b: ArrayLike<number>): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += (a[i] as number) * (b[i] as number);
  return sum;
}

/** Solves A·x = b where only the lower triangle of A is filled; A is overwritten. */
function solveCholesky(a: readonly Float64Array[], b: Float64Array): Float64Array {
  const d = b.length;
  const at = (i: number, j: number): number => (a[i] as Float64Array)[j] as number;
  for (let i = 0; i < d; i++) {
    for (let j = 0; j <= i; j++) {
      let sum = at(i, j);
      for (let k = 0; k < j; k++) sum -= at(i, k) * at(j, k);
      (a[i] as Float64Array)[j] = i === j ? Math.sqrt(sum) : sum / at(j, j);
    }
  }
  const x = Float64Array.from(b);
  for (let i = 0; i < d; i++) {
    for (let k = 0; k < i; k++) x[i]! -= at(i, k) * (x[k] as number);
    x[i]! /= at(i, i);
  }
  for (let i = d - 1; i >= 0; i--) {
    for (let k = i + 1; k < d; k++) x[i]! -= at(k, i) * (x[k] as number);
    x[i]! /= at(i, i);
  }
  return x;
}

/** The share of (positive, negative) pairs that the scores order rightly. */
export function auroc(scores: readonly number[], labels: ArrayLike<number>): number {
  let right = 0;
  let pairs = 0;
  scores.forEach((positive, i) => {
    if (!labels[i]) return;
    scores.forEach((negative, j) => {
      if (labels[j]) return;
      pairs++;
      right += positive > negative ? 1 : positive === negative ? 0.5 : 0;
    });
  });
  return right / pairs;
}
