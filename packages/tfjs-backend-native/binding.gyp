{
  # The sources under native/simd are compiled once for each instruction set; native/dispatch.cc
  # picks one of them when the addon is loaded.
  "variables": {
    "simd_sources": [
      "native/simd/conv.cc",
      "native/simd/depthwise.cc",
      "native/simd/gemm.cc",
      "native/simd/batch_norm.cc",
      "native/simd/binary.cc",
      "native/simd/convert.cc",
      "native/simd/layer_norm.cc",
      "native/simd/move.cc",
      "native/simd/move_indexed.cc",
      "native/simd/reduce.cc",
      "native/simd/softmax.cc",
      "native/simd/optimizer.cc",
      "native/simd/rectifier.cc",
      "native/simd/pool.cc",
      "native/simd/pool_max.cc",
      "native/simd/reduce.cc",
      "native/simd/resize.cc",
      "native/simd/softmax.cc",
      "native/simd/unary.cc",
    ],
    # For tests: checks of GCC or Clang, and the sources of AVX-512 compiled for AVX2 (instruction set "wide").
    "sanitize%": "",
    "wide%": 0,
  },
  "target_defaults": {
    "cflags!": ["-fno-exceptions"],
    "cflags_cc!": ["-fno-exceptions", "-fno-rtti", "-std=gnu++17", "-std=gnu++20"],
    "cflags_cc": ["-std=c++17", "-O3", "-Wall", "-Wextra", "-Wno-unused-parameter", "-Wno-psabi", "-ffp-contract=fast", "-fno-math-errno", "-fvisibility=hidden"],
    "xcode_settings": {
      "GCC_ENABLE_CPP_EXCEPTIONS": "YES",
      "CLANG_CXX_LANGUAGE_STANDARD": "c++17",
      "MACOSX_DEPLOYMENT_TARGET": "11.0",
      "OTHER_CPLUSPLUSFLAGS": ["-O3", "-ffp-contract=fast", "-fno-math-errno", "-fvisibility=hidden"],
    },
    "include_dirs": ["<!(node -p \"require('node-addon-api').include_dir\")", "native"],
    "defines": ["NAPI_VERSION=8", "NAPI_CPP_EXCEPTIONS", "NODE_ADDON_API_DISABLE_DEPRECATED"],
    "conditions": [
      ["sanitize!=''", {
        "cflags_cc": ["-fsanitize=<(sanitize)", "-fno-omit-frame-pointer", "-fno-sanitize-recover=undefined", "-g", "-O1"],
        "ldflags": ["-fsanitize=<(sanitize)"],
      }],
    ],
  },
  "targets": [
    {
      "target_name": "simd_portable",
      "type": "static_library",
      "sources": ["<@(simd_sources)"],
      "defines": ["PCAM_ISA=portable", "PCAM_WIDTH=4"],
    },
    {
      "target_name": "pcam_native",
      "sources": [
        "native/addon.cc",
        "native/dispatch.cc",
        "native/memory.cc",
        "native/threads.cc",
        "native/bindings/conv.cc",
        "native/bindings/depthwise.cc",
        "native/bindings/matmul.cc",
        "native/bindings/batch_norm.cc",
        "native/bindings/binary.cc",
        "native/bindings/convert.cc",
        "native/bindings/layer_norm.cc",
        "native/bindings/memory.cc",
        "native/bindings/move.cc",
        "native/bindings/reduce.cc",
        "native/bindings/softmax.cc",
        "native/bindings/optimizer.cc",
        "native/bindings/rectifier.cc",
        "native/bindings/pool.cc",
        "native/bindings/reduce.cc",
        "native/bindings/resize.cc",
        "native/bindings/softmax.cc",
        "native/bindings/unary.cc",
      ],
      "dependencies": ["simd_portable"],
      "conditions": [
        ["target_arch=='x64'", {
          "dependencies": ["simd_avx2", "simd_avx512"],
          "defines": ["PCAM_X64"],
        }],
        ["target_arch=='x64' and wide==1", {
          "dependencies": ["simd_wide"],
          "defines": ["PCAM_WIDE"],
        }],
      ],
    },
  ],
  "conditions": [
    ["target_arch=='x64'", {
      "targets": [
        {
          "target_name": "simd_avx2",
          "type": "static_library",
          "sources": ["<@(simd_sources)"],
          "defines": ["PCAM_ISA=avx2", "PCAM_WIDTH=8"],
          "cflags_cc": ["-mavx2", "-mfma"],
          "xcode_settings": {"OTHER_CPLUSPLUSFLAGS": ["-O3", "-mavx2", "-mfma", "-ffp-contract=fast", "-fno-math-errno", "-fvisibility=hidden"]},
        },
        {
          "target_name": "simd_avx512",
          "type": "static_library",
          "sources": ["<@(simd_sources)"],
          "defines": ["PCAM_ISA=avx512", "PCAM_WIDTH=16"],
          "cflags_cc": ["-mavx2", "-mfma", "-mavx512f", "-mavx512dq", "-mavx512bw", "-mavx512vl", "-mprefer-vector-width=512"],
          "xcode_settings": {"OTHER_CPLUSPLUSFLAGS": ["-O3", "-mavx2", "-mfma", "-mavx512f", "-mavx512dq", "-mavx512bw", "-mavx512vl", "-ffp-contract=fast", "-fno-math-errno", "-fvisibility=hidden"]},
        },
      ],
    }],
    ["target_arch=='x64' and wide==1", {
      "targets": [
        {
          "target_name": "simd_wide",
          "type": "static_library",
          "sources": ["<@(simd_sources)"],
          "defines": ["PCAM_ISA=wide", "PCAM_WIDTH=16"],
          "cflags_cc": ["-mavx2", "-mfma"],
          "xcode_settings": {"OTHER_CPLUSPLUSFLAGS": ["-O1", "-mavx2", "-mfma", "-ffp-contract=fast", "-fno-math-errno", "-fvisibility=hidden"]},
        },
      ],
    }],
  ],
}
