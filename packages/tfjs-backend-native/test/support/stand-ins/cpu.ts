import '@tensorflow/tfjs-backend-cpu';

/** The reference: importing the cpu backend has registered it. */
export function register(): void {}
