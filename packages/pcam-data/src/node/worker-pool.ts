import { existsSync } from 'node:fs';
import { Worker } from 'node:worker_threads';
import type { BatchArrays, BatchPlan } from '../batches.js';
import type { ResolvedLoaderOptions } from '../batches-options.js';
import type { WorkerSource } from './worker-source.js';

/** What a worker is started with. */
export interface WorkerSetup {
  readonly source: WorkerSource;
  readonly options: Pick<ResolvedLoaderOptions, 'augment' | 'compose' | 'seed'>;
}

export interface WorkerJob {
  readonly id: number;
  readonly plan: BatchPlan;
}

export type WorkerReply =
  | { readonly id: number; readonly arrays: BatchArrays }
  | { readonly id: number; readonly error: { readonly name: string; readonly message: string } };

/** Threads that make batches from plans. */
export interface WorkerPool {
  /** @throws Error with the worker's message where it fails, or where the pool was closed. */
  run(plan: BatchPlan): Promise<BatchArrays>;
  /** Ends the threads; what is still under way is rejected. */
  close(): Promise<void>;
}

interface Pending {
  resolve(arrays: BatchArrays): void;
  reject(error: Error): void;
}

interface Thread {
  readonly worker: Worker;
  readonly pending: Map<number, Pending>;
  /** Why it can take no more work. */
  failure?: Error;
}

/** Idle threads do not keep the process alive; threads at work do. */
export function createWorkerPool(setup: WorkerSetup, size: number): WorkerPool {
  const threads = Array.from({ length: size }, () => startThread(setup));
  let count = 0;
  let closing: Promise<void> | undefined;
  return {
    async run(plan) {
      const thread = threads.reduce((a, b) => (b.pending.size < a.pending.size ? b : a));
      if (thread.failure) throw thread.failure;
      const id = count++;
      return new Promise<BatchArrays>((resolve, reject) => {
        if (thread.pending.size === 0) thread.worker.ref();
        thread.pending.set(id, { resolve, reject });
        thread.worker.postMessage({ id, plan } satisfies WorkerJob);
      });
    },
    close() {
      closing ??= (async () => {
        for (const thread of threads) fail(thread, new Error('loader: closed while a batch was awaited'));
        // Threads may be unreferenced, and a late reply may do it again: without this, the process
        // could end before they have, with the caller still waiting.
        const alive = setInterval(() => {}, 60_000);
        try {
          await Promise.all(threads.map(({ worker }) => worker.terminate()));
        } finally {
          clearInterval(alive);
        }
      })();
      return closing;
    },
  };
}

function startThread(setup: WorkerSetup): Thread {
  const worker = new Worker(workerUrl(import.meta.url), { workerData: setup, name: 'pcam-data loader' });
  const thread: Thread = { worker, pending: new Map() };
  worker.on('message', (reply: WorkerReply) => {
    const pending = thread.pending.get(reply.id);
    thread.pending.delete(reply.id);
    if (thread.pending.size === 0) worker.unref();
    if ('arrays' in reply) pending?.resolve(reply.arrays);
    else pending?.reject(Object.assign(new Error(reply.error.message), { name: reply.error.name }));
  });
  worker.on('error', (error) =>
    fail(thread, new Error(`loader: worker failed: ${(error as Error).message}`)),
  );
  worker.on('exit', (code) => fail(thread, new Error(`loader: worker ended with exit code ${code}`)));
  worker.unref();
  return thread;
}

function fail(thread: Thread, failure: Error): void {
  thread.failure ??= failure;
  for (const pending of thread.pending.values()) pending.reject(thread.failure);
  thread.pending.clear();
}

/**
 * The worker's file, seen from this module: a sibling in the sources; built, this module may
 * stand in dist/node or, as a shared chunk, in dist.
 *
 * @throws Error where it is not there, e.g. because the package was bundled into another file.
 */
export function workerUrl(here: string): URL {
  if (here.endsWith('.ts')) return new URL('./worker-from-source.mjs', here);
  for (const place of ['./worker.js', './node/worker.js']) {
    const url = new URL(place, here);
    if (existsSync(url)) return url;
  }
  throw new Error(`loader: no worker.js near ${here}; keep @pcam/pcam-data external when you bundle`);
}
