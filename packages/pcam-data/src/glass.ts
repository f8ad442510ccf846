/** Value of a pixel where a slide holds no tissue, in [0, 1]: white, the light through bare glass. */
export const GLASS = 1;
