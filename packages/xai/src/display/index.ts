export { type ColorMap, type ColorMapName, colorMap } from './color-map.js';
export {
  type ColorizeOptions,
  colorize,
  type MapValues,
  type OverlayOptions,
  overlay,
} from './colorize.js';
export type { ImageValues } from './image-bytes.js';
export { type LegendOptions, legend } from './legend.js';
export { type DisplayRangeOptions, displayRange, normalize, type Range } from './range.js';
