/** @throws Error where there is not one whole map for each label. */
export function checkLabelledMaps(
  maps: ArrayLike<number>,
  labels: ArrayLike<number>,
  [height, width]: readonly [height: number, width: number],
): void {
  if (maps.length === labels.length * height * width) return;
  throw new Error(
    `There are ${maps.length} map pixels for ${labels.length} labels; expected maps of ${height}×${width}.`,
  );
}
