import { MathBackendCPU } from '@tensorflow/tfjs-backend-cpu';
import { type backend_util, type DataType, engine, type TensorInfo, util } from '@tensorflow/tfjs-core';
import type { Addon } from './addon.js';
import { Pool, SMALLEST } from './pool.js';

type Values = backend_util.BackendValues;
type DataId = TensorInfo['dataId'];

/** A fresh float32 tensor and its memory, which holds anything until a kernel has written it. */
export interface Output {
  readonly info: TensorInfo;
  readonly values: Float32Array;
}

/** What `tf.memory()` adds while this backend computes. */
export interface NativeMemory {
  readonly unreliable: boolean;
  readonly reasons: string[];
  /** Of the pool: blocks that belong to tensors, and blocks kept for the next ones. */
  readonly liveBytes: number;
  readonly idleBytes: number;
}

/**
 * tfjs's cpu backend over pooled memory that the addon's kernels read and write in place. Kernels of the cpu
 * backend run on it unchanged.
 */
export class NativeBackend extends MathBackendCPU {
  /** For kernels. @internal */
  readonly addon: Addon;
  readonly #pool: Pool;

  /** `registerNativeBackend` makes the one that is needed. @internal */
  constructor(addon: Addon) {
    super();
    this.addon = addon;
    this.#pool = new Pool(addon);
    // The cpu backend advises, at first use, to install tfjs-node.
    (this as unknown as { firstUse: boolean }).firstUse = false;
  }

  /** A float32 tensor for a kernel to fill. @internal */
  output(shape: number[]): Output {
    const values = this.#pool.take(util.sizeFromShape(shape));
    return { info: { dataId: super.write(values, shape, 'float32'), shape, dtype: 'float32' }, values };
  }

  /**
   * A tensor's memory, as kernels see it.
   * @throws Error if the tensor is disposed.
   * @internal
   */
  values(tensor: TensorInfo): Values {
    const { dataId } = tensor;
    if (!this.data.has(dataId) && !isKnown(dataId)) {
      throw new Error(`a tensor of shape [${tensor.shape.join(', ')}] was used after it was disposed`);
    }
    return this.data.get(dataId).values!;
  }

  /** A float32 tensor's memory; a copy where tfjs keeps whole numbers that it only calls float32 after a cast. @internal */
  floats(tensor: TensorInfo): Float32Array {
    const values = this.values(tensor);
    return values instanceof Float32Array ? values : Float32Array.from(values as ArrayLike<number>);
  }

  /** Takes values over as a new tensor's memory, without copying. @returns its data id. */
  override write(values: Values, shape: number[], dtype: DataType): object {
    this.#share(values);
    return super.write(values, shape, dtype);
  }

  /** Takes over a tensor that another backend held, under its data id. */
  override move(dataId: DataId, values: Values, shape: number[], dtype: DataType, refCount: number): void {
    this.#share(values);
    super.move(dataId, values, shape, dtype, refCount);
  }

  /** A copy: the tensor's own memory serves another tensor once it is disposed. */
  override readSync(dataId: DataId): Values {
    const values = super.readSync(dataId);
    if (ArrayBuffer.isView(values) && this.#pool.owns(values.buffer)) return (values as Float32Array).slice();
    return values;
  }

  /** Gives a tensor's memory back to the pool, once nobody refers to it. @param force whoever does. */
  override disposeData(dataId: DataId, force = false): boolean {
    const values = this.data.has(dataId) ? this.data.get(dataId).values : undefined;
    const disposed = super.disposeData(dataId, force);
    if (disposed && ArrayBuffer.isView(values)) this.#pool.give(values.buffer);
    return disposed;
  }

  /** Bytes in the pool, in use and idle. */
  override memory(): NativeMemory {
    const { liveBytes, idleBytes } = this.#pool;
    return { unreliable: false, reasons: [], liveBytes, idleBytes };
  }

  /** Gives memory kept for later tensors back to the system. */
  trim(): void {
    this.#pool.trim();
  }

  /** Gives idle memory back to the system; tensors stay. */
  override dispose(): void {
    this.#pool.trim();
  }

  /** Some kernels of the cpu backend hand out views of their input's memory: it must not be used again. */
  #share(values: Values | undefined): void {
    if (ArrayBuffer.isView(values) && values.buffer.byteLength >= SMALLEST) this.#pool.abandon(values.buffer);
  }
}

/** Whether tfjs can move the tensor here from another backend. */
function isKnown(dataId: DataId): boolean {
  return (engine().state as unknown as { tensorInfo: WeakMap<object, unknown> }).tensorInfo.has(dataId);
}
