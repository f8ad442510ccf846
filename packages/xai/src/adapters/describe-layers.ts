import { checkOneOf } from '../check-options.js';
import { XaiError } from '../errors.js';
import type { Layer } from '../explainable.js';

/**
 * The layers that an adapter was told of; a name alone means a map.
 * @param adapter that was told.
 */
export function describeLayers(adapter: string, layers: ReadonlyArray<string | Layer>): Layer[] {
  if (!Array.isArray(layers)) {
    throw new XaiError(
      'option',
      `${adapter}: layers is ${JSON.stringify(layers)}; expected a list of names or descriptions.`,
    );
  }
  return layers.map((layer: string | Layer): Layer => {
    if (typeof layer === 'string') return { name: layer, kind: 'map' };
    checkOneOf(`${adapter}: layer '${layer?.name}': kind`, layer?.kind, ['map', 'tokens']);
    return layer;
  });
}
