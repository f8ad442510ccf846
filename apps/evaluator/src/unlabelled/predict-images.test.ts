import { expect, it } from 'vitest';
import { namesOf } from './predict-images.js';

it('names maps by place and file, on one line and not too long for a file', () => {
  const names = namesOf({
    files: ['a/x.png', 'b/x.png', 'new\nline.tif', `${'ü'.repeat(120)}.png`],
    length: 4,
  });
  expect([0, 1, 2].map(names)).toEqual(['0-x', '1-x', '2-new_line']);
  expect(Buffer.byteLength(names(3))).toBeLessThan(250);
  expect(namesOf({ files: ['x.h5', 'x.h5'], length: 2 })(1)).toBe('1');
});
