// Every family of kernels: a header with a struct of function pointers, and a source that fills it,
// compiled once per instruction set.
#pragma once
#include "simd/batch_norm.h"
#include "simd/conv.h"
#include "simd/gemm.h"
#include "simd/layer_norm.h"
#include "simd/optimizer.h"
#include "simd/pool.h"
#include "simd/rectifier.h"

#define PCAM_FAMILIES(X) \
  X(BatchNorm, batch_norm) \
  X(Conv, conv) \
  X(Gemm, gemm) \
  X(LayerNorm, layer_norm) \
  X(Optimizer, optimizer) \
  X(Pooling, pool) \
  X(Rectifier, rectifier)
