import {
  type Confusion,
  type ImageMaskOverlap,
  type ImagePixelScores,
  maskStatistics,
  orNull,
  type PixelStatistics,
} from '@pcam/metrics';

/** What is known of a way to segment: its maps as they are, its masks, or both. */
export interface MeasuredPixels {
  readonly scores?: ImagePixelScores;
  readonly overlap?: ImageMaskOverlap;
}

/** One number about maps or masks, from what is given. */
export interface MeasureOf<Given> {
  /** For a table's head. */
  readonly title: string;
  /** For a line on a terminal. */
  readonly short: string;
  readonly higherIsBetter: boolean;
  /** The one of its kind that stands for the rest where there is room for one. */
  readonly principal?: true;
  /** Without which it is undefined, in words. */
  readonly needs?: string;
  /** Null where it is undefined. */
  readonly value: (given: Given) => number | null;
}

type Table<Name extends string, Given> = Readonly<Record<Name, MeasureOf<Given>>>;

/**
 * Of maps, before any cut: from how their pixels rank. First among those of one patch, in the mean over partly tumorous
 * patches, which tells place alone; then among all pixels pooled, where ranking patches counts too: on patches that are
 * all or nothing, each patch's own logit painted all over it does well.
 */
export type MapMeasure = 'withinPatchAp' | 'withinPatchAuroc' | 'pixelAp' | 'pixelAuroc';
const MAP_MEASURES: Table<MapMeasure, PixelStatistics> = {
  withinPatchAp: {
    title: 'AP within patches',
    short: 'AP within patches',
    higherIsBetter: true,
    principal: true,
    needs: 'a partly tumorous patch',
    value: ({ withinImageAveragePrecision }) => withinImageAveragePrecision,
  },
  withinPatchAuroc: {
    title: 'AUROC within patches',
    short: 'AUROC within patches',
    higherIsBetter: true,
    needs: 'a partly tumorous patch',
    value: ({ withinImageAuroc }) => withinImageAuroc,
  },
  pixelAp: {
    title: 'AP, pixels pooled',
    short: 'pixel AP',
    higherIsBetter: true,
    needs: 'a pixel of tumour',
    value: ({ averagePrecision }) => averagePrecision,
  },
  pixelAuroc: {
    title: 'AUROC, pixels pooled',
    short: 'pixel AUROC',
    higherIsBetter: true,
    needs: 'pixels of both kinds',
    value: ({ auroc }) => auroc,
  },
};

/** Of masks: from how many pixels are called rightly and wrongly, pooled. */
export type MaskMeasure = 'dice' | 'iou' | 'f1Negative';
const MASK_MEASURES: Table<MaskMeasure, Confusion> = {
  dice: {
    title: 'Dice',
    short: 'Dice',
    higherIsBetter: true,
    principal: true,
    value: (counts) => maskStatistics(counts).dice,
  },
  iou: {
    title: 'IoU',
    short: 'IoU',
    higherIsBetter: true,
    value: (counts) => maskStatistics(counts).iou,
  },
  f1Negative: {
    title: 'F1 of no tumour',
    short: 'F1 of no tumour',
    higherIsBetter: true,
    value: (counts) => maskStatistics(counts).f1Negative,
  },
};

/** A key of `metrics.json`. */
export type PixelMeasure = MapMeasure | MaskMeasure;

/** How a measure is called, and read. */
export type MeasureInfo = Omit<MeasureOf<never>, 'value'> &
  /** Of a map before any cut, or of a mask. */
  ({ readonly of: 'map'; readonly key: MapMeasure } | { readonly of: 'mask'; readonly key: MaskMeasure });

/**
 * Every measure of pixels, in the order to show them: what is added to this file appears in `metrics.json`, on the
 * terminal, and in the reports.
 */
export const PIXEL_MEASURES: readonly MeasureInfo[] = [
  ...infoOf(MAP_MEASURES, 'map'),
  ...infoOf(MASK_MEASURES, 'mask'),
];

function infoOf(table: Readonly<Record<string, MeasureOf<never>>>, of: 'map' | 'mask'): MeasureInfo[] {
  return Object.entries(table).map(([key, { value, ...info }]) => ({ ...info, of, key }) as MeasureInfo);
}

/** What can be measured, in the order to show it. */
export function measuresOf({ scores, overlap }: MeasuredPixels): PixelMeasure[] {
  return PIXEL_MEASURES.filter(({ of }) => (of === 'map' ? scores : overlap)).map(({ key }) => key);
}

/** Of masks pooled over pixels. */
export function maskMeasures(counts: Confusion): Record<MaskMeasure, number | null> {
  return Object.fromEntries(
    Object.entries(MASK_MEASURES).map(([key, { value }]) => [key, orNull(() => value(counts))]),
  ) as Record<MaskMeasure, number | null>;
}

/** Of maps. */
export function mapMeasures(ranked: PixelStatistics): Record<MapMeasure, number | null> {
  return Object.fromEntries(
    Object.entries(MAP_MEASURES).map(([key, { value }]) => [key, value(ranked)]),
  ) as Record<MapMeasure, number | null>;
}
