import { diskWords } from '@pcam/files';

/** What the user got wrong: printed as one line, without a stack. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

/** One line for people: what was wrong and where; operating-system errors in words. */
export function describeError(error: unknown): string {
  if (!(error instanceof Error)) return oneLine(String(error));
  const { code, path, dest, syscall } = error as NodeJS.ErrnoException & { dest?: string };
  const place = dest ?? path;
  // Of what is only looked at, that it is missing; of what should be made, that its folder is.
  const verb = dest === undefined && syscall !== 'mkdir' ? 'read' : 'write';
  const words = diskWords(error, { verb, afterwards: ' and run this again' });
  if (words !== undefined && error.message.startsWith(`${code}`)) {
    return oneLine(place === undefined ? words : `${place}: ${words}`);
  }
  return oneLine(error.message);
}

function oneLine(text: string): string {
  return text.replace(/\s*\n\s*/g, ' ').trim();
}
