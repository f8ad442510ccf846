import { afterEach, beforeEach, vi } from 'vitest';

/** What a test's command writes on stdout and stderr, from its beginning on; its exit code is reset after it. */
export function capture(): { out: string; err: string } {
  const said = { out: '', err: '' };
  const keep = (stream: 'out' | 'err') => (text: unknown) => {
    said[stream] += text;
    return true;
  };
  beforeEach(() => {
    Object.assign(said, { out: '', err: '' });
    vi.spyOn(process.stdout, 'write').mockImplementation(keep('out'));
    vi.spyOn(process.stderr, 'write').mockImplementation(keep('err'));
  });
  afterEach(() => {
    vi.restoreAllMocks();
    process.exitCode = 0;
  });
  return said;
}
