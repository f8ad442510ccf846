import { type FusedBatchNormAttrs, type TensorInfo, util } from '@tensorflow/tfjs-core';
import { floatInputs, type NativeKernel } from '../kernel.js';

export const batchNormKernels: readonly NativeKernel[] = [
  {
    // For one mean, variance, scale and shift a channel; the copied kernel repeats other sizes.
    name: 'FusedBatchNorm',
    run(call) {
      const tensors = floatInputs(call, 'x', 'mean', 'variance');
      if (!tensors) return undefined;
      const { backend } = call;
      const { x, mean, variance } = tensors;
      const { offset, scale } = call.inputs as Partial<Record<'offset' | 'scale', TensorInfo>>;
      const channels = x.shape.at(-1) ?? 0;
      const fits = (tensor: TensorInfo | undefined): boolean =>
        !tensor ||
        (tensor.dtype === 'float32' &&
          tensor.shape.length === mean.shape.length &&
          tensor.shape.at(-1) === channels &&
          util.sizeFromShape(tensor.shape) === channels);
      if (![mean, variance, offset, scale].every(fits)) return undefined;
      const epsilon = (call.attrs as unknown as FusedBatchNormAttrs).varianceEpsilon ?? 0.001;
      const slopes = scale ? Float32Array.from(backend.floats(scale)) : new Float32Array(channels).fill(1);
      const variances = backend.floats(variance);
      for (let c = 0; c < channels; c++) slopes[c] = slopes[c]! / Math.sqrt(variances[c]! + epsilon);
      const { info: y, values } = backend.output(x.shape);
      backend.addon.channelAffine(
        channels === 0 ? 0 : values.length / channels,
        channels,
        backend.floats(x),
        backend.floats(mean),
        slopes,
        offset ? backend.floats(offset) : null,
        values,
      );
      return y;
    },
  },
];
