import { hasKernel, runKernel } from '@pcam/tfjs-gradients';
import { add, customGrad, relu, type Tensor, type Tensor4D, tidy, zerosLike } from '@tensorflow/tfjs-core';

type Save = (kept: Tensor[]) => void;

/** relu(a + b) of two maps of one shape, in one pass where the engine has it. */
export function addRelu(a: Tensor4D, b: Tensor4D): Tensor4D {
  if (!hasKernel('AddRelu')) return relu(add<Tensor4D>(a, b));
  const op = customGrad((...args) => {
    const [a, b, save] = args as unknown as [Tensor4D, Tensor4D, Save];
    const y = runKernel<Tensor4D>('AddRelu', { a, b });
    save([a, y]);
    return {
      value: y,
      gradFunc: (dy: Tensor, saved: Tensor[]) =>
        tidy(() => {
          const [a, y] = saved as [Tensor, Tensor];
          const slope = passed(dy, y, a);
          // tfjs disposes a gradient once it has added to it: each input needs its own.
          return [slope, slope.clone()];
        }),
    };
  });
  return op(a, b) as Tensor4D;
}

/**
 * dy where the output y is positive, else 0: linear in dy, and constant almost everywhere in what y came from, of
 * which `a` stands for all, since a saved output has no tie to it (tfjs issue #3252).
 */
function passed(dy: Tensor, y: Tensor, a: Tensor): Tensor {
  const op = customGrad((...args) => {
    const [dy, a, save] = args as unknown as [Tensor, Tensor, Save];
    save([y, a]);
    return {
      value: runKernel('ReluGrad', { dy, y }),
      gradFunc: (d: Tensor, saved: Tensor[]) =>
        tidy(() => {
          const [y, a] = saved as [Tensor, Tensor];
          return [passed(d, y, a), zerosLike(a)];
        }),
    };
  });
  return op(dy, a);
}
