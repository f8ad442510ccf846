import { explain } from './explain.js';
import { explained } from './page.js'; // the README's, put here by the test

/** Called by the test: explains, draws the overlay on the page's canvas, and reads it back. */
window.explain = async (backend) => {
  const result = await explain(backend);
  const canvas = document.querySelector('canvas');
  canvas.width = canvas.height = result.size;
  const context = canvas.getContext('2d');
  const image = new ImageData(new Uint8ClampedArray(result.image), result.size, result.size);
  const inWorker = await explained(image);
  context.putImageData(new ImageData(new Uint8ClampedArray(result.pixels), result.size, result.size), 0, 0);
  const drawn = [...context.getImageData(0, 0, result.size, result.size).data];
  return { ...result, drawn, inWorker: [...inWorker.data] };
};
