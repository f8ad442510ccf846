/** What the child process writes, one JSON line each: the last `started` names the spec that crashed it. */
export type SuiteEvent =
  | { event: 'started'; name: string }
  | ({ event: 'spec' } & Spec)
  | { event: 'error'; message: string }
  | { event: 'done' };

export interface Spec {
  /** Full name without the backend's, and numbered where tfjs uses a name twice. */
  name: string;
  status: 'passed' | 'failed' | 'pending';
  /** First line of the first failure. */
  message?: string | undefined;
  ms: number;
}
