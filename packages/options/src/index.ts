export { checkChoice } from './check-choice.js';
export { checkKeys, type KnownKeys } from './check-keys.js';
export { suggest } from './suggest.js';
