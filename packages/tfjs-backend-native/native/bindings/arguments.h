// What JavaScript hands over, checked: a wrong type, length or number is a JS error, never a crash.
#pragma once
#include <napi.h>

#include <cstdint>
#include <string>

namespace pcam {

template <class T>
struct Span {
  T* data;
  size_t length;
};

[[noreturn]] inline void fail(Napi::Env env, const std::string& message) {
  throw Napi::TypeError::New(env, message);
}

inline void require(Napi::Env env, bool holds, const char* message) {
  if (!holds) fail(env, message);
}

template <class T>
inline Span<T> typed(const Napi::CallbackInfo& info, size_t index, napi_typedarray_type wanted, const char* kind) {
  const napi_value value = info[index];
  bool is_typed = false;
  napi_typedarray_type type;
  size_t length = 0;
  void* data = nullptr;
  if (napi_is_typedarray(info.Env(), value, &is_typed) != napi_ok || !is_typed ||
      napi_get_typedarray_info(info.Env(), value, &type, &length, &data, nullptr, nullptr) != napi_ok ||
      type != wanted) {
    fail(info.Env(), "argument " + std::to_string(index) + " must be a " + kind);
  }
  // Not null for an empty array, so that kernels may do arithmetic on the pointer and null means absent.
  alignas(64) static char nothing[64];
  return {data == nullptr ? reinterpret_cast<T*>(nothing) : static_cast<T*>(data), length};
}

inline Span<float> floats(const Napi::CallbackInfo& info, size_t index) {
  return typed<float>(info, index, napi_float32_array, "Float32Array");
}
inline Span<int32_t> ints(const Napi::CallbackInfo& info, size_t index) {
  return typed<int32_t>(info, index, napi_int32_array, "Int32Array");
}
inline Span<uint8_t> bytes(const Napi::CallbackInfo& info, size_t index) {
  return typed<uint8_t>(info, index, napi_uint8_array, "Uint8Array");
}

inline bool absent(const Napi::CallbackInfo& info, size_t index) {
  return index >= info.Length() || info[index].IsNull() || info[index].IsUndefined();
}

// {nullptr, 0} for null.
inline Span<float> optional_floats(const Napi::CallbackInfo& info, size_t index) {
  if (absent(info, index)) return {nullptr, 0};
  return floats(info, index);
}

inline double number(const Napi::CallbackInfo& info, size_t index) {
  double value = 0;
  if (napi_get_value_double(info.Env(), info[index], &value) != napi_ok) {
    fail(info.Env(), "argument " + std::to_string(index) + " must be a number");
  }
  return value;
}

// A whole number in [low, high]; sizes stay below 2^31, so that products of two fit in 64 bits.
inline int64_t whole(const Napi::CallbackInfo& info, size_t index, int64_t low = 0, int64_t high = INT32_MAX) {
  const double value = number(info, index);
  const bool fits = value >= static_cast<double>(low) && value <= static_cast<double>(high);
  const int64_t result = fits ? static_cast<int64_t>(value) : low;
  if (!fits || static_cast<double>(result) != value) {
    fail(info.Env(), "argument " + std::to_string(index) + " must be a whole number from " + std::to_string(low) +
                         " to " + std::to_string(high));
  }
  return result;
}

inline bool flag(const Napi::CallbackInfo& info, size_t index) { return info[index].ToBoolean().Value(); }

// Whether count · each (both non-negative) lie within `length`; overflow counts as no.
inline bool holds(size_t length, std::initializer_list<int64_t> sizes) {
  uint64_t product = 1;
  for (const int64_t size : sizes) {
    if (size < 0 || __builtin_mul_overflow(product, static_cast<uint64_t>(size), &product)) return false;
  }
  return product <= length;
}

}  // namespace pcam
