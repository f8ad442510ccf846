/** Pixels drawn beyond each edge of the patch, so that cells are cut and filters see a surround. */
export const MARGIN = 4;

/** Stain concentrations of a patch and its surround, `[side, side]`. */
export interface Canvas {
  /** Patch size plus two margins. */
  readonly side: number;
  /** Haematoxylin; 1 is a usual nucleus' pale inside, 2 a lymphocyte. */
  readonly h: Float32Array;
  /** Eosin; 0.6 is usual collagen. */
  readonly e: Float32Array;
  /** Which tissue (number in `tissue.ts`) each pixel belongs to. */
  readonly tissue: Uint8Array;
  /** 1 inside the tumour's outline. */
  readonly tumour: Uint8Array;
  /** Direction of fibres, radians from the x axis. */
  readonly fibreAngle: number;
}

export function createCanvas(size: number, fibreAngle: number): Canvas {
  const side = size + 2 * MARGIN;
  const pixels = side * side;
  return {
    side,
    h: new Float32Array(pixels),
    e: new Float32Array(pixels),
    tissue: new Uint8Array(pixels),
    tumour: new Uint8Array(pixels),
    fibreAngle,
  };
}
