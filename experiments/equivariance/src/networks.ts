import type { CreateModelOptions } from '@pcam/models';

/** How a network comes to treat a patch and its turned or mirrored self alike. */
export type Symmetry = 'none' | 'shown' | 'built in';

interface NetworkTraits {
  readonly model: CreateModelOptions;
  /** Whether training turns and mirrors patches; all other augmentation is the same for all. */
  readonly dihedral: boolean;
  readonly symmetry: Symmetry;
  /** What its gain is told over: the same family, where symmetry comes by other means. */
  readonly over?: string;
}

/**
 * The only list of networks, from the least work a step to the most. Veeling et al. 2018 (arXiv 1806.03962) train all
 * of theirs with mirrored patches; here all but `densenet-z2-plain` also see turned ones, p4m too, to whose logit, loss
 * and gradient that makes no difference: what differs between `densenet-z2` and `densenet-p4m` is the network alone. To
 * p4, mirroring is shown and turning built in.
 */
const TABLE = {
  'cnn-p4m-light': {
    model: { name: 'cnn', preset: 'cnn-p4m-light' },
    dihedral: true,
    symmetry: 'built in',
    over: 'cnn',
  },
  cnn: { model: { name: 'cnn', preset: 'cnn-small' }, dihedral: true, symmetry: 'shown' },
  resnet: { model: { name: 'resnet', preset: 'resnet-small' }, dihedral: true, symmetry: 'shown' },
  'cnn-p4m': {
    model: { name: 'cnn', preset: 'cnn-p4m' },
    dihedral: true,
    symmetry: 'built in',
    over: 'cnn',
  },
  'densenet-z2-plain': {
    model: { name: 'densenet', preset: 'densenet-z2' },
    dihedral: false,
    symmetry: 'none',
  },
  'densenet-z2': {
    model: { name: 'densenet', preset: 'densenet-z2' },
    dihedral: true,
    symmetry: 'shown',
    over: 'densenet-z2-plain',
  },
  'densenet-p4': {
    model: { name: 'densenet', preset: 'densenet-p4' },
    dihedral: true,
    symmetry: 'built in',
    over: 'densenet-z2',
  },
  'densenet-p4m': {
    model: { name: 'densenet', preset: 'densenet-p4m' },
    dihedral: true,
    symmetry: 'built in',
    over: 'densenet-z2',
  },
} as const satisfies Readonly<Record<string, NetworkTraits>>;

export type NetworkName = keyof typeof TABLE;

export const NETWORKS: Readonly<Record<NetworkName, NetworkTraits>> = TABLE;

export const networkNames = Object.keys(TABLE) as readonly NetworkName[];

/** One network to train. */
export interface Cell {
  readonly network: NetworkName;
  /** Per cent of the training patches. */
  readonly share: number;
  /** Of weights, order and augmentation. */
  readonly seed: number;
}

/**
 * One seed after another, and within it what is soon done first, so that a first whole picture comes early.
 *
 * @returns in the order of the table, whatever the order in which networks were named.
 */
export function cellsOf(asked: {
  readonly networks: readonly NetworkName[];
  readonly shares: readonly number[];
  readonly seeds: readonly number[];
}): Cell[] {
  const networks = networkNames.filter((name) => asked.networks.includes(name));
  const shares = asked.shares.toSorted((a, b) => a - b);
  return asked.seeds.flatMap((seed) =>
    networks.flatMap((network) => shares.map((share) => ({ network, share, seed }))),
  );
}
