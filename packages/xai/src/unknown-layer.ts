/**
 * Why there is nothing to explain at a layer: what it says depends on what the forward pass tapped.
 *
 * @param mapped those of the tapped layers that could be explained; default all.
 */
export function unknownLayer(
  name: string | undefined,
  described: readonly string[],
  tapped: Iterable<string>,
  mapped: Iterable<string> = tapped,
): string {
  const seen = [...tapped];
  if (name !== undefined && described.includes(name)) {
    const calls = seen.length > 0 ? `, only ${seen.map((layer) => `tap('${layer}', …)`).join(', ')}` : '';
    return `The forward pass never called tap('${name}', …)${calls}: call it at that layer, and go on with what it returns.`;
  }
  const names = described.length > 0 ? described : seen;
  const has =
    names.length > 0
      ? `the model has: ${names.join(', ')}`
      : "the forward pass calls tap at none: go on with tap('features', activation) at one";
  if (name !== undefined) return `There is no layer '${name}'; ${has}.`;
  if (names.length === 0) return `Name a layer; ${has}.`;
  const example = [...mapped].at(-1);
  if (example !== undefined) return `Name a layer, as in layer: '${example}'; ${has}.`;
  return `No layer is a map [B, h, w, C] or tokens [B, T, D], which tell of places; ${has}.`;
}
