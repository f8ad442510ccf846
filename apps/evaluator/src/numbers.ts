/** A score or a gain with three decimals; what rounds to nothing has no sign. */
export function threeDecimals(value: number): string {
  return value.toFixed(3).replace(/^-(0\.0+)$/, '$1');
}

/** A share of [0, 1], for people. */
export function percent(share: number): string {
  return `${(100 * share).toFixed(1)} %`;
}
