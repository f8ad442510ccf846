import { fromLayersModel, gradCam } from '@pcam/xai';
import { type ImageValues, overlay } from '@pcam/xai/display';
import * as tf from '@tensorflow/tfjs';

const model = fromLayersModel(tf.sequential());
const maps: tf.Tensor3D = gradCam(model, tf.ones<tf.Rank.R4>([1, 2, 2, 3]), { layer: 'features' });
export const show = async (image: ImageValues): Promise<Uint8ClampedArray> =>
  overlay(image, await maps.data());
// @ts-expect-error an option that nobody reads
gradCam(model, tf.ones<tf.Rank.R4>([1, 2, 2, 3]), { layr: 'features' });
