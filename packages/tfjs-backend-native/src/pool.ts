import type { Addon } from './addon.js';

/** Smaller tensors are left to the garbage collector: its allocation is cheaper than a look-up here. */
export const SMALLEST: number = 16 * 1024;

/** The addon allocates no larger block; larger tensors get what JavaScript has, or its RangeError. */
const LARGEST = 2 ** 31;

/** Allocations between two looks for blocks that nobody asks for any more. */
const GENERATION = 2048;

interface Block {
  readonly buffer: ArrayBuffer;
  /** In which generation it was last handed back. */
  idleSince: number;
}

/**
 * Memory of tensors, used again: the first touch of a fresh page costs more than the arithmetic on it. Blocks
 * come in sizes of eight steps an octave; what lies idle for two generations goes back to the system.
 */
export class Pool {
  readonly #addon: Pick<Addon, 'allocate' | 'release'>;
  readonly #idle = new Map<number, Block[]>();
  /** Every block, and whether it belongs to a tensor. */
  readonly #live = new Map<ArrayBuffer, boolean>();
  #liveBytes = 0;
  #idleBytes = 0;
  #allocations = 0;

  constructor(addon: Pick<Addon, 'allocate' | 'release'>) {
    this.#addon = addon;
  }

  get liveBytes(): number {
    return this.#liveBytes;
  }

  get idleBytes(): number {
    return this.#idleBytes;
  }

  /** Values are what the memory last held. */
  take(floats: number): Float32Array {
    const bytes = floats * 4;
    if (bytes < SMALLEST || bytes > LARGEST) return new Float32Array(floats);
    if (++this.#allocations % GENERATION === 0) this.#trim(this.#generation - 1);
    const size = blockSize(bytes);
    const buffer = this.#reuse(size) ?? this.#addon.allocate(size);
    this.#live.set(buffer, true);
    this.#liveBytes += size;
    return new Float32Array(buffer, 0, floats);
  }

  owns(buffer: ArrayBufferLike): boolean {
    return this.#live.get(buffer as ArrayBuffer) === true;
  }

  /** Takes memory back; nothing may use it any more. What the pool does not own is ignored. */
  give(buffer: ArrayBufferLike): void {
    if (!this.owns(buffer)) return;
    const size = buffer.byteLength;
    this.#live.set(buffer as ArrayBuffer, false);
    this.#liveBytes -= size;
    const block = { buffer: buffer as ArrayBuffer, idleSince: this.#generation };
    const blocks = this.#idle.get(size);
    if (blocks) blocks.push(block);
    else this.#idle.set(size, [block]);
    this.#idleBytes += size;
  }

  /** Leaves memory to the garbage collector for good, since others than its tensor see it. */
  abandon(buffer: ArrayBufferLike): void {
    const live = this.#live.get(buffer as ArrayBuffer);
    if (live === undefined) return;
    this.#live.delete(buffer as ArrayBuffer);
    if (live) this.#liveBytes -= buffer.byteLength;
    else this.#idleBytes -= buffer.byteLength;
  }

  /** Gives all idle memory back to the system. */
  trim(): void {
    this.#trim(Number.POSITIVE_INFINITY);
  }

  get #generation(): number {
    return Math.floor(this.#allocations / GENERATION);
  }

  #reuse(size: number): ArrayBuffer | undefined {
    const blocks = this.#idle.get(size);
    for (;;) {
      const buffer = blocks?.pop()?.buffer;
      if (buffer === undefined) return undefined;
      if (!this.#live.has(buffer)) continue; // abandoned while it lay idle
      this.#idleBytes -= size;
      return buffer;
    }
  }

  #trim(before: number): void {
    for (const [size, blocks] of this.#idle) {
      const kept = blocks.filter(({ buffer, idleSince }) => {
        if (!this.#live.has(buffer)) return false;
        if (idleSince >= before) return true;
        this.#live.delete(buffer);
        this.#idleBytes -= size;
        this.#addon.release(buffer);
        return false;
      });
      if (kept.length > 0) this.#idle.set(size, kept);
      else this.#idle.delete(size);
    }
  }
}

/** The next of eight sizes an octave. */
function blockSize(bytes: number): number {
  const step = 2 ** Math.max(6, Math.floor(Math.log2(bytes)) - 3);
  return Math.ceil(bytes / step) * step;
}
