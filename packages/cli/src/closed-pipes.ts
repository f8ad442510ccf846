import { describeError } from './errors.js';

/** What writes, with the errors that come after a write. */
type Output = Pick<NodeJS.WriteStream, 'on'>;

/**
 * A reader that has gone (`… | head -1`, a pager that was quit) ends neither in a stack nor the work: what is printed
 * from then on is dropped. Where output fails for another reason, such as a full disk behind `>`, that is said
 * once, on the other stream, and the exit code becomes 1; the work goes on.
 */
export function surviveClosedPipes(
  name: string,
  {
    stdout,
    stderr,
  }: { readonly stdout: Output; readonly stderr: Output & { write(text: string): unknown } } = process,
): void {
  let told = false;
  stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (isClosed(error) || told) return;
    told = true;
    stderr.write(`${name}: cannot write to the output: ${describeError(error)}\n`);
    process.exitCode = 1;
  });
  stderr.on('error', (error: NodeJS.ErrnoException) => {
    if (!isClosed(error)) process.exitCode = 1;
  });
}

/** Windows says EOF where others say EPIPE. */
function isClosed({ code }: NodeJS.ErrnoException): boolean {
  return code === 'EPIPE' || code === 'EOF' || code === 'ERR_STREAM_DESTROYED';
}
