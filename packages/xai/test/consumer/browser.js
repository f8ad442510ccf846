import { explain } from './explain.js';

/** Called by the test: explains, draws the overlay on the page's canvas, and reads it back. */
window.explain = async (backend) => {
  const result = await explain(backend);
  const canvas = document.querySelector('canvas');
  canvas.width = canvas.height = result.size;
  const context = canvas.getContext('2d');
  context.putImageData(new ImageData(new Uint8ClampedArray(result.pixels), result.size, result.size), 0, 0);
  const drawn = [...context.getImageData(0, 0, result.size, result.size).data];
  return { ...result, drawn };
};
