// Becomes dist/gradients.js; see bundle.ts for why it cannot be imported as it stands.
import '@tensorflow/tfjs-core/dist/register_all_gradients.js';
