import { type TensorInfo, util } from '@tensorflow/tfjs-core';
import { type Call, floatInputs, type NativeKernel } from '../kernel.js';

type Numbers<Names extends string> = Readonly<Record<Names, number>>;

/** Rules of @pcam/training, each in one pass over memory; what they compute is written there. */
export const optimizerKernels: readonly NativeKernel[] = [
  { name: 'AdamW', run: adamW },
  { name: 'SgdMomentum', run: sgdMomentum },
  { name: 'EmaUpdate', run: emaUpdate },
  { name: 'SquaredNorm', run: squaredNorm },
];

/** Memory of equally shaped inputs, and as many outputs as asked for. */
function alike(call: Call, outputs: number, ...names: string[]) {
  const tensors = floatInputs(call, ...names);
  if (!tensors) return undefined;
  const { backend } = call;
  const { shape } = tensors[names[0]!]!;
  for (const name of names) util.assertShapesMatch(tensors[name]!.shape, shape, `${name}: `);
  const fresh = Array.from({ length: outputs }, () => backend.output(shape));
  return {
    inputs: names.map((name) => backend.floats(tensors[name]!)),
    outputs: fresh.map(({ values }) => values),
    infos: fresh.map(({ info }) => info),
  };
}

function adamW(call: Call): TensorInfo[] | undefined {
  const memory = alike(call, 3, 'parameter', 'gradient', 'moment1', 'moment2');
  if (!memory) return undefined;
  const [parameter, gradient, moment1, moment2] = memory.inputs as [
    Float32Array,
    Float32Array,
    Float32Array,
    Float32Array,
  ];
  const [nextParameter, next1, next2] = memory.outputs as [Float32Array, Float32Array, Float32Array];
  const { keep1, keep2, rate, floor, shrink, gradientScale } = call.attrs as Numbers<
    'keep1' | 'keep2' | 'rate' | 'floor' | 'shrink' | 'gradientScale'
  >;
  call.backend.addon.adamW(
    parameter,
    gradient,
    moment1,
    moment2,
    nextParameter,
    next1,
    next2,
    keep1,
    keep2,
    rate,
    floor,
    shrink,
    gradientScale,
  );
  return memory.infos;
}

function sgdMomentum(call: Call): TensorInfo[] | undefined {
  const memory = alike(call, 2, 'parameter', 'gradient', 'velocity');
  if (!memory) return undefined;
  const [parameter, gradient, velocity] = memory.inputs as [Float32Array, Float32Array, Float32Array];
  const [nextParameter, nextVelocity] = memory.outputs as [Float32Array, Float32Array];
  const { rate, momentum, penalty, gradientScale } = call.attrs as Numbers<
    'rate' | 'momentum' | 'penalty' | 'gradientScale'
  >;
  const { nesterov } = call.attrs as { nesterov: boolean };
  call.backend.addon.sgdMomentum(
    parameter,
    gradient,
    velocity,
    nextParameter,
    nextVelocity,
    rate,
    momentum,
    penalty,
    gradientScale,
    nesterov,
  );
  return memory.infos;
}

function emaUpdate(call: Call): TensorInfo | undefined {
  const memory = alike(call, 1, 'average', 'value');
  if (!memory) return undefined;
  const { share } = call.attrs as Numbers<'share'>;
  call.backend.addon.ema(memory.inputs[0]!, memory.inputs[1]!, memory.outputs[0]!, share);
  return memory.infos[0];
}

function squaredNorm(call: Call): TensorInfo | undefined {
  const tensors = floatInputs(call, 'x');
  if (!tensors) return undefined;
  const { info, values } = call.backend.output([]);
  call.backend.addon.squaredNorm(call.backend.floats(tensors.x), values);
  return info;
}
