// Every family of kernels: a header with a struct of function pointers, and a source that fills it,
// compiled once per instruction set.
#pragma once
#include "simd/batch_norm.h"
#include "simd/binary.h"
#include "simd/conv.h"
#include "simd/convert.h"
#include "simd/depthwise.h"
#include "simd/gemm.h"
#include "simd/layer_norm.h"
#include "simd/move.h"
#include "simd/optimizer.h"
#include "simd/pool.h"
#include "simd/rectifier.h"
#include "simd/reduce.h"
#include "simd/resize.h"
#include "simd/softmax.h"
#include "simd/unary.h"

#define PCAM_FAMILIES(X) \
  X(BatchNorm, batch_norm) \
  X(Binary, binary) \
  X(Conv, conv) \
  X(Convert, convert) \
  X(Depthwise, depthwise) \
  X(Gemm, gemm) \
  X(LayerNorm, layer_norm) \
  X(Moving, move) \
  X(Optimizer, optimizer) \
  X(Pooling, pool) \
  X(Rectifier, rectifier) \
  X(Reduce, reduce) \
  X(Resize, resize) \
  X(Softmax, softmax) \
  X(Unary, unary)
