/** The thread behind `createWorkerLoader`: opens the data set and makes the batches it is asked for. */
import { parentPort, workerData } from 'node:worker_threads';
import { createAssembler } from '../batches.js';
import type { WorkerJob, WorkerReply, WorkerSetup } from './worker-pool.js';
import { openSource } from './worker-source.js';

const port = parentPort;
if (!port) throw new Error('worker.js is started by createWorkerLoader; it is no program of its own');

const { source, options } = workerData as WorkerSetup;
const opened = openSource(source);
opened.catch(() => {}); // reported with the first job
const assembler = opened.then((dataset) => createAssembler(dataset, options));
assembler.catch(() => {});

// One job after the other: the assembler's working memory serves one at a time.
let last: Promise<void> = Promise.resolve();
port.on('message', (job: WorkerJob) => {
  last = last.then(() => answer(job));
});

async function answer({ id, plan }: WorkerJob): Promise<void> {
  let reply: WorkerReply;
  try {
    reply = { id, arrays: await (await assembler)(plan) };
  } catch (error) {
    const { name, message } = error instanceof Error ? error : new Error(String(error));
    port!.postMessage({ id, error: { name, message } } satisfies WorkerReply);
    return;
  }
  // Handed over, not copied.
  port!.postMessage(
    reply,
    Object.values(reply.arrays).map(({ buffer }: ArrayBufferView) => buffer as ArrayBuffer),
  );
}
