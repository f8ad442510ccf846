import { expect, it } from 'vitest';
import { epochPoints } from './run.js';

it('the loss of a constrained run is its cross-entropy, as that of validation', () => {
  const record = { kind: 'epoch', step: 8, epoch: 1, trainLoss: 0.9, best: true } as const;
  const valid = { loss: 0.6, auroc: 0.8, accuracy: 0.7 };
  const point = { epoch: 1, validLoss: 0.6, validAuroc: 0.8 };
  expect(epochPoints([{ ...record, crossEntropy: 0.5, valid }])).toEqual([{ ...point, trainLoss: 0.5 }]);
  expect(epochPoints([{ ...record, valid }])).toEqual([{ ...point, trainLoss: 0.9 }]); // of an older version
  expect(epochPoints([{ ...record, crossEntropy: 0.5 }])).toEqual([]);
});
