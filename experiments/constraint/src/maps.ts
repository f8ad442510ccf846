import type { Model, SegmentationModel } from '@pcam/models';
import { createLoader, type Dataset, disposeBatch } from '@pcam/pcam-data';
import {
  dihedralMaps,
  expectedGradients,
  gradCam,
  gradientTimesInput,
  inputGradient,
  integratedGradients,
  smoothMaps,
} from '@pcam/xai';
import { mirrorPad, slice, type Tensor3D, type Tensor4D, tidy } from '@tensorflow/tfjs-core';
