export interface Exception {
  /** A spec's full name, as run.ts prints it. */
  name: string;
  reason: string;
}

const ONLY_CPU =
  "tfjs-core gives this spec only to a backend that is called 'cpu', and it makes two of those";

/** Specs of tfjs-core that pass on `cpu` and not on `native`; one that does pass is an error. */
export const EXCEPTIONS: Exception[] = [
  { name: 'Switching cpu backends Move data from cpu1 to cpu2 backend', reason: ONLY_CPU },
  { name: 'Switching cpu backends can execute op with data from mixed backends', reason: ONLY_CPU },
];
