#include "memory.h"

#include <mutex>
#include <unordered_map>

#include "bindings/arguments.h"
#include "bindings/bindings.h"

namespace pcam {
namespace {

// Node refuses larger external buffers, in some versions by a crash.
constexpr int64_t kLargest = int64_t{1} << 31;

// What is allocated and not yet freed, by address, with a number that no other block has: an address
// comes again, and a buffer may be collected long after its memory was released.
class Blocks {
 public:
  uintptr_t add(void* memory) {
    std::lock_guard<std::mutex> lock(mutex_);
    numbers_[memory] = ++last_;
    return last_;
  }

  // Frees the block of that number, or any for 0; false where it was freed before or is not one of these.
  bool free(void* memory, uintptr_t number = 0) {
    {
      std::lock_guard<std::mutex> lock(mutex_);
      const auto found = numbers_.find(memory);
      if (found == numbers_.end() || (number != 0 && found->second != number)) return false;
      numbers_.erase(found);
    }
    free_aligned(memory);
    return true;
  }

 private:
  std::mutex mutex_;
  std::unordered_map<void*, uintptr_t> numbers_;
  uintptr_t last_ = 0;
};

// Never destroyed: buffers are collected while the process ends.
Blocks& blocks() {
  static Blocks* const one = new Blocks;
  return *one;
}

// allocate(bytes): an ArrayBuffer over aligned memory that is not cleared.
Napi::Value allocate(const Napi::CallbackInfo& info) {
  const auto bytes = static_cast<size_t>(whole(info, 0, 1, kLargest));
  void* memory = allocate_aligned(bytes);
  if (memory == nullptr) {
    throw Napi::RangeError::New(info.Env(), "not enough memory for a tensor of " + std::to_string(bytes) + " bytes");
  }
  const uintptr_t number = blocks().add(memory);
  const auto collect = [](Napi::Env, void* data, void* hint) {
    blocks().free(data, reinterpret_cast<uintptr_t>(hint));
  };
  return Napi::ArrayBuffer::New(info.Env(), memory, bytes, collect, reinterpret_cast<void*>(number));
}

// release(buffer): gives an allocated buffer's memory back now; views of it become empty.
void release(const Napi::CallbackInfo& info) {
  const Napi::Env env = info.Env();
  if (info.Length() < 1 || !info[0].IsArrayBuffer()) fail(env, "release needs an ArrayBuffer");
  auto buffer = info[0].As<Napi::ArrayBuffer>();
  void* const memory = buffer.Data();
  buffer.Detach();
  // Node would free it when the event loop turns, which a long loop without await never lets it do.
  if (memory != nullptr) blocks().free(memory);
}

}  // namespace

void bind_memory(Napi::Env env, Napi::Object exports) {
  exports.Set("allocate", Napi::Function::New(env, allocate, "allocate"));
  add<release>(env, exports, "release");
}

}  // namespace pcam
