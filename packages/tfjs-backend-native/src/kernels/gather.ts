import { backend_util, type GatherV2Attrs, type UnsortedSegmentSumAttrs, util } from '@tensorflow/tfjs-core';
import { floatInputs, type NativeKernel } from '../kernel.js';
import { blank, elementsOf } from './elements.js';

export const gatherKernels: readonly NativeKernel[] = [
  {
    name: 'GatherV2',
    run({ inputs, attrs, backend }) {
      const x = inputs.x!;
      const indices = inputs.indices!;
      const { axis, batchDims } = attrs as unknown as GatherV2Attrs;
      const values = elementsOf(backend, x);
      const places = elementsOf(backend, indices);
      if (!values || !(places instanceof Int32Array)) return undefined;
      const along = util.parseAxisParam(axis, x.shape)[0]!;
      const info = backend_util.segment_util.collectGatherOpShapeInfo(
        x as never,
        indices as never,
        along,
        batchDims ?? 0,
      );
      const { info: result, values: out } = blank(backend, info.outputShape, x.dtype);
      try {
        backend.addon.gather(
          values,
          places,
          out,
          info.batchSize,
          info.outerSize,
          info.dimSize,
          info.sliceSize,
          info.batchSize === 0 ? 0 : places.length / info.batchSize,
        );
      } catch (error) {
        backend.disposeIntermediateTensorInfo(result);
        throw error;
      }
      return result;
    },
  },
  {
    // A NaN stays in its own segment, where the cpu backend's kernel spreads it to all.
    name: 'UnsortedSegmentSum',
    run(call) {
      const tensors = floatInputs(call, 'x');
      if (!tensors) return undefined;
      const { backend } = call;
      const { x } = tensors;
      const { numSegments } = call.attrs as unknown as UnsortedSegmentSumAttrs;
      const ids = elementsOf(backend, call.inputs.segmentIds!);
      const [rows, ...rest] = x.shape;
      const fits =
        ids instanceof Int32Array && call.inputs.segmentIds!.shape.length === 1 && ids.length === rows;
      if (!fits) return undefined;
      const { info, values } = backend.output([numSegments, ...rest]);
      backend.addon.segmentSum(backend.floats(x), ids, values, rows, util.sizeFromShape(rest), numSegments);
      return info;
    },
  },
];
