import * as tf from '@tensorflow/tfjs-core';

/**
 * At the border, a window's mean is over the pixels inside the image only; tfjs's gradient divides
 * by the whole window there.
 */
export const avgPool: tf.GradConfig = {
  kernelName: 'AvgPool',
  inputsToSave: ['x'],
  gradFunc: (given, saved, attrs) => {
    const x = saved[0] as tf.Tensor4D;
    const dy = given as tf.Tensor4D;
    const { filterSize, strides, pad, dimRoundingMode } = attrs as unknown as tf.AvgPoolAttrs;
    const info = tf.backend_util.computePool2DInfo(
      x.shape,
      filterSize,
      strides,
      1,
      pad as 'same',
      dimRoundingMode,
    );
    const rows = share(info.outHeight, info.strideHeight, info.filterHeight, info.padInfo.top, info.inHeight);
    const columns = share(info.outWidth, info.strideWidth, info.filterWidth, info.padInfo.left, info.inWidth);
    const whole = [...rows, ...columns].every((value) => value === 1);
    return {
      x: () => {
        const inside = rows.flatMap((row) => columns.map((column) => row * column));
        const weighted = whole ? dy : tf.div(dy, tf.tensor4d(inside, [1, rows.length, columns.length, 1]));
        return tf.engine().runKernel('AvgPoolGrad', { dy: weighted, input: x }, { ...attrs }) as tf.Tensor;
      },
    };
  },
};

/** For each window along one axis, the part of it that lies inside the image. */
function share(windows: number, stride: number, size: number, pad: number, length: number): number[] {
  return Array.from({ length: windows }, (_, i) => {
    const start = i * stride - pad;
    return (Math.min(start + size, length) - Math.max(start, 0)) / size;
  });
}

/** tfjs's leaves out what the mirrored pixels contribute. */
export const mirrorPad: tf.GradConfig = {
  kernelName: 'MirrorPad',
  inputsToSave: ['x'],
  gradFunc: (dy, saved, attrs) => {
    const { paddings, mode } = attrs as unknown as tf.MirrorPadAttrs;
    const skipped = mode === 'reflect' ? 1 : 0;
    return {
      x: () =>
        saved[0]!.shape.reduce((gradient, length, axis) => {
          const [before, after] = paddings[axis]!;
          if (before + after === 0) return gradient;
          const [head, middle, tail] = tf.split(gradient, [before, length, after], axis) as [
            tf.Tensor,
            tf.Tensor,
            tf.Tensor,
          ];
          const mirrored = (part: tf.Tensor, start: number, size: number): tf.Tensor => {
            const around = gradient.shape.map((): [number, number] => [0, 0]);
            around[axis] = [start, length - start - size];
            return tf.pad(tf.reverse(part, axis), around);
          };
          return tf.addN([
            middle,
            ...(before > 0 ? [mirrored(head, skipped, before)] : []),
            ...(after > 0 ? [mirrored(tail, length - skipped - after, after)] : []),
          ]);
        }, dy as tf.Tensor),
    };
  },
};
