import { gather, reshape, sum, type Tensor, type Tensor4D, tensor1d } from '@tensorflow/tfjs-core';
import { linearMap } from './linear-map.js';
import { type Group, orderOf, turnedCell, turnedOrientation } from './symmetry-group.js';

export interface GroupFilterShape {
  readonly group: Group;
  /** Whether what is convolved has orientations already, or is an image. */
  readonly lifted: boolean;
  /** Channels of each orientation. */
  readonly inputs: number;
  readonly outputs: number;
  readonly kernel: number;
}

type FilterShape = [height: number, width: number, inputs: number, outputs: number];

/**
 * The filter of a plain convolution that does a group convolution: the outputs of orientation m are the correlation
 * with the learned filter turned by m, in space and, where the input has orientations, in those (Cohen & Welling
 * 2016, arXiv:1602.07576, eq. 10 and 11 and section 7). That is a choice of rows, a row being all outputs of one cell
 * and input, and so is its gradient before it is summed over orientations.
 */
export class GroupFilter {
  /** `[k, k, orientations · inputs, outputs]`, orientation by orientation; an image has one. */
  readonly learned: FilterShape;
  /** `[k, k, orientations · inputs, order · outputs]`, orientation by orientation. */
  readonly plain: FilterShape;
  readonly #order: number;
  /** The row of the learned filter for each row and orientation of the plain one. */
  readonly #sources: Int32Array;
  /** The row and orientation of the plain filter for each orientation and row of the learned one. */
  readonly #uses: Int32Array;

  constructor({ group, lifted, inputs, outputs, kernel }: GroupFilterShape) {
    const order = orderOf(group);
    const orientations = lifted ? order : 1;
    const rows = kernel ** 2 * orientations * inputs;
    this.learned = [kernel, kernel, orientations * inputs, outputs];
    this.plain = [kernel, kernel, orientations * inputs, order * outputs];
    this.#order = order;
    this.#sources = new Int32Array(rows * order);
    this.#uses = new Int32Array(order * rows);
    for (let turn = 0; turn < order; turn++) {
      for (let row = 0; row < rows; row++) {
        const place = Math.floor(row / inputs);
        const cell = turnedCell(group, turn, Math.floor(place / orientations), kernel);
        const orientation = lifted ? turnedOrientation(group, turn, place % orientations) : 0;
        const turned = (cell * orientations + orientation) * inputs + (row % inputs);
        this.#sources[turned * order + turn] = row;
        this.#uses[turn * rows + row] = turned * order + turn;
      }
    }
  }

  /**
   * The learned filter as a plain one.
   *
   * @param remembered gives what was computed before, of the same values.
   */
  plainOf(
    learned: Tensor4D,
    remembered: (compute: () => Tensor) => Tensor = (compute) => compute(),
  ): Tensor4D {
    if (this.#order === 1) return learned;
    const turned = (weights: Tensor) => reshape(this.#rows(weights, this.#sources), this.plain);
    return linearMap(
      learned,
      turned,
      (slopes) => reshape(sum(reshape(this.#rows(slopes, this.#uses), [this.#order, -1]), 0), this.learned),
      (weights) => remembered(() => turned(weights)),
    );
  }

  #rows(filter: Tensor, numbers: Int32Array): Tensor {
    return gather(reshape(filter, [-1, this.learned[3]]), tensor1d(numbers, 'int32'));
  }
}
