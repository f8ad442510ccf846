export { checkChoice } from './check-choice.js';
export { checkKeys, type KnownKeys } from './check-keys.js';
export { describeValue, isPromise, isTensor } from './describe-value.js';
export { rethrow } from './rethrow.js';
export { suggest } from './suggest.js';
