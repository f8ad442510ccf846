import { existsSync } from 'node:fs';
import { takeLock } from '../../src/index.js';

// Tries for a lock once a file is there, and keeps it until its input ends: lock-child.ts LOCK FILE
const [, , path, go] = process.argv;
process.stdout.write('ready\n');
while (!existsSync(go!)) {
  // Spins, so that all try at the same moment.
}
try {
  takeLock(path!);
  process.stdout.write('got it\n');
} catch (error) {
  process.stdout.write(`${(error as Error).message}\n`);
}
process.stdin.resume();
