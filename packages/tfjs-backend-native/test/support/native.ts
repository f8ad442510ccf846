export { registerNativeBackend as register } from '../../src/register.js';
