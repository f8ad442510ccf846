/** Raw patches, as stored. */
export interface Patches {
  /** RGB, `[n, height, width, 3]`. */
  readonly images: Uint8Array;
  /** 0 or 1, `[n]`. */
  readonly labels: Uint8Array;
  /** 0 or 1, `[n, height, width]`, where the data set has masks. */
  readonly masks?: Uint8Array;
  /** Where in the data set each patch stands, `[n]`. */
  readonly index: Int32Array;
}

/** Random access to labelled patches of one size. */
export interface Dataset {
  /** For people, e.g. `pcam-real/train`. */
  readonly name: string;
  /** How many patches. */
  readonly length: number;
  /** Of every patch, in pixels, as is `width`. */
  readonly height: number;
  readonly width: number;
  readonly hasMasks: boolean;
  /** All labels, `[length]`, 0 or 1; known without reading images. */
  readonly labels: Uint8Array;
  /**
   * 1 where any pixel of the patch is tumour, though the label tell of its centre 32×32 alone, `[length]`: PCam's
   * `tumor_patch`, where metadata tells or the masks are in memory.
   */
  readonly tumorPatch?: Uint8Array;
  /** The slide of each patch, where metadata tells. */
  readonly slides?: readonly string[];
  /**
   * The patches at these places, in this order; loaders check what comes.
   *
   * @throws RangeError naming the index that does not exist.
   */
  read(index: ArrayLike<number>): Promise<Patches>;
  /** Lets go of files and caches: nothing is to be read afterwards. */
  close(): Promise<void>;
}
