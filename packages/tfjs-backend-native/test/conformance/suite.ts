import { openSync, writeSync } from 'node:fs';
import '@tensorflow/tfjs-backend-cpu';
import '@tensorflow/tfjs-core/dist/public/chained_ops/register_all_chained_ops.js';
import '@tensorflow/tfjs-core/dist/register_all_gradients.js';
import { setTestEnvs } from '@tensorflow/tfjs-core/dist/jasmine_util.js';
import jasmineCore, { type Result } from 'jasmine-core';
import type { Main } from '../support/bundle.js';
import type { SuiteEvent } from './events.js';

type Send = (event: SuiteEvent) => void;

/** As tfjs-backend-cpu's own run_tests.ts does it: sync reads, specs in their order. Runs in a bundle. */
export const main: Main = async (register, [output, backendName, filter]) => {
  const jasmine = jasmineCore.boot(jasmineCore);
  jasmine.DEFAULT_TIMEOUT_INTERVAL = 20_000;
  const send = sender(output);
  register();
  setTestEnvs([{ name: backendName, backendName, isDataSync: true }]);
  // Only now, since every `describeWithFlags` asks for the environments when it is evaluated.
  await import('@tensorflow/tfjs-core/dist/tests.js');

  const number = numbered();
  let running = '';
  const env = jasmine.getEnv();
  env.configure({
    random: false,
    specFilter: (spec) => plain(spec.getFullName(), backendName).includes(filter),
  });
  env.clearReporters();
  env.addReporter({
    specStarted: ({ fullName }) => {
      running = number(plain(fullName, backendName));
      send({ event: 'started', name: running });
    },
    specDone: (result) => {
      const { status, duration } = result;
      if (status !== 'excluded') {
        send({ event: 'spec', name: running, status, message: firstLine(result), ms: duration ?? 0 });
      }
    },
    suiteDone: (result) => sendError(send, result.fullName, result),
    jasmineDone: (result) => sendError(send, 'the whole suite', result),
  });
  env.execute(undefined, () => {
    send({ event: 'done' });
    process.exit();
  });
};

/** Failures outside of a spec: in a `beforeAll`, or while a file of specs was read. */
function sendError(send: Send, where: string, result: Result): void {
  const message = firstLine(result);
  if (message !== undefined) {
    send({ event: 'error', message: `${where}: ${message}` });
  }
}

function firstLine({ failedExpectations }: Result): string | undefined {
  return failedExpectations[0]?.message.split('\n')[0];
}

/** `describeWithFlags` appends the environment's name and flags; without them, backends compare. */
function plain(fullName: string, backendName: string): string {
  return fullName.replaceAll(` ${backendName} {}`, '');
}

/** tfjs-core uses some names twice, in an order that does not change. */
function numbered(): (name: string) => string {
  const seen = new Map<string, number>();
  return (name) => {
    const count = (seen.get(name) ?? 0) + 1;
    seen.set(name, count);
    return count === 1 ? name : `${name} (${count})`;
  };
}

/** Synchronous, so that nothing is lost when native code takes the process down. */
function sender(file: string): Send {
  const descriptor = openSync(file, 'w');
  return (event) => writeSync(descriptor, `${JSON.stringify(event)}\n`);
}
