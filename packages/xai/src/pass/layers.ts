import type { Tensor } from '@tensorflow/tfjs-core';
import { XaiError } from '../errors.js';
import type { Layer } from '../explainable.js';

/** What is known of a tapped activation that no layer describes. */
export function describeActivation(name: string, { rank, shape }: Tensor): Layer {
  if (rank === 4) return { name, kind: 'map' };
  if (rank === 3) return { name, kind: 'tokens' };
  throw new XaiError(
    'layer',
    `Layer '${name}' is shaped [${shape}]; expected a map [B, h, w, C] or tokens [B, T, D].`,
  );
}

/**
 * The default layer, by one rule for all: the last one that says where. After a transformer's last attention only the
 * class token may count, and the gradient at every place is zero there: then the one before is asked, and so on.
 *
 * @param layers from input to output.
 * @param isSilent whether the gradient is zero at all places of a layer; asked only of layers with class tokens.
 *   `undefined` where nothing can be read at once.
 * @throws XaiError `layer` where it cannot be told, rather than a map of zeros.
 */
export function lastThatTells<T extends Layer>(
  layers: readonly T[],
  isSilent: ((layer: T) => boolean) | undefined,
): T | undefined {
  for (const layer of [...layers].reverse()) {
    if (layer.kind !== 'tokens' || !layer.classTokens) return layer;
    if (!isSilent) {
      throw new XaiError(
        'layer',
        `The last layer '${layer.name}' holds class tokens, and the head may read nothing else of it, which cannot be looked up at once on this backend: name a layer.`,
      );
    }
    if (!isSilent(layer)) return layer;
  }
  return layers.at(-1);
}

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
): XaiError {
  return new XaiError('layer', whyUnknown(name, described, [...tapped], [...mapped]));
}

function whyUnknown(
  name: string | undefined,
  described: readonly string[],
  seen: readonly string[],
  mapped: readonly string[],
): string {
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
  const example = mapped.at(-1);
  if (example !== undefined) return `Name a layer, as in layer: '${example}'; ${has}.`;
  return `No layer is a map [B, h, w, C] or tokens [B, T, D], which tell of places; ${has}.`;
}

/** @throws XaiError `layer` for what is no name of one. */
export function requireLayerName(layer: unknown): void {
  if (layer === undefined || typeof layer === 'string') return;
  const { name } = Object(layer) as { name?: unknown };
  const hint = typeof name === 'string' ? `; did you mean '${name}'?` : '';
  throw new XaiError('layer', `layer must be a layer's name, got ${typeof layer}${hint}`);
}
