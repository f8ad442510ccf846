import type { Tensor } from '@tensorflow/tfjs-core';
import type { Call, Calls } from './layers-graph.js';

/** Activations of a last layer that turn scores into probabilities or their logarithm, by tfjs-layers' names. */
const SQUASHING = ['sigmoid', 'hardSigmoid', 'softmax', 'logSoftmax'];

/** Layers that, at inference, hand on the values that come in, or some of them, in whatever shape. */
const KEEPING = [
  'Reshape',
  'Flatten',
  'Permute',
  'Cropping2D',
  'Dropout',
  'SpatialDropout1D',
  'GaussianNoise',
  'GaussianDropout',
  'AlphaDropout',
];

/**
 * The same calls without the sigmoid or softmax that makes the output, whether it is a layer or a layer's activation,
 * and whatever layers that keep values stand behind it. The user's layer is not touched: what is called inherits from
 * it, with another activation.
 */
export function withoutFinalActivation({ calls, result }: Calls): Calls {
  for (let slot = result; ; ) {
    const call = calls.find(({ outputs }) => outputs.includes(slot));
    if (call === undefined || call.outputs.length > 1) return { calls, result };
    const squashes = SQUASHING.includes(activationOf(call) ?? '');
    if (squashes) return isActivationOnly(call) ? without(call, calls, result) : linear(call, calls, result);
    if (!keepsValues(call)) return { calls, result };
    slot = call.inputs[0]!;
  }
}

function activationOf({ layer }: Call): string | undefined {
  const kind = layer.getClassName();
  if (kind === 'Softmax') return 'softmax';
  // The activation of a recurrent layer is part of its every step.
  if (/RNN|LSTM|GRU|Bidirectional|TimeDistributed/.test(kind)) return undefined;
  return (layer as { activation?: { getClassName?(): string } }).activation?.getClassName?.();
}

function isActivationOnly({ layer }: Call): boolean {
  return ['Softmax', 'Activation'].includes(layer.getClassName());
}

function keepsValues(call: Call): boolean {
  const kind = call.layer.getClassName();
  return KEEPING.includes(kind) || (kind === 'Activation' && activationOf(call) === 'linear');
}

function without(call: Call, calls: readonly Call[], result: number): Calls {
  const [from, to] = [call.outputs[0]!, call.inputs[0]!];
  const instead = (slot: number): number => (slot === from ? to : slot);
  const others = calls.filter((other) => other !== call);
  return {
    calls: others.map((other) => ({ ...other, inputs: other.inputs.map(instead) })),
    result: instead(result),
  };
}

function linear(call: Call, calls: readonly Call[], result: number): Calls {
  const activation = { apply: (value: Tensor): Tensor => value, getClassName: (): string => 'linear' };
  const layer = Object.create(call.layer, { activation: { value: activation } }) as Call['layer'];
  return { calls: calls.map((other) => (other === call ? { ...call, layer } : other)), result };
}
