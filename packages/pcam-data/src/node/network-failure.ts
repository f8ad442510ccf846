import { systemCode } from '@pcam/files';
import { DataError } from './errors.js';

/** A failure that another attempt may mend. */
export class Transient extends Error {
  /** When the server wants to be asked again, in ms. */
  readonly after?: number;
  constructor(message: string, after?: number) {
    super(message);
    this.after = after;
  }
}

const HINTS: Readonly<Record<number, string>> = {
  401: 'it asks for a login',
  403: 'it asks for a login, or a proxy refuses the address',
  404: 'the file is not at this address',
  410: 'the file is not at this address any more',
};

/** What an answer of neither 200 nor 206 means: to ask again later, or that it is no use. */
export function refusedAnswer({ status, statusText, headers }: Response, url: string): Transient | DataError {
  const answer = `the server answered ${status} ${statusText}`.trimEnd();
  if (status !== 408 && status !== 429 && status < 500) {
    const hint = HINTS[status];
    return new DataError('network', `${url}: ${answer}${hint === undefined ? '' : `; ${hint}`}`);
  }
  const after = headers.get('retry-after');
  if (after === null) return new Transient(answer);
  const ms = /^\d+$/.test(after.trim()) ? Number(after) * 1000 : Date.parse(after) - Date.now();
  return new Transient(answer, Number.isFinite(ms) ? Math.max(0, ms) : undefined);
}

/** What it means that a connection failed. A certificate that cannot be verified will not be so the next time. */
export function failedConnection(error: unknown, url: string): Transient | DataError {
  if ((error as Error)?.name === 'AbortError') return new Transient('the server fell silent');
  const code = systemCode((error as { cause?: unknown })?.cause) ?? systemCode(error);
  if (code !== undefined && /CERT|SIGNED|ALTNAME|UNABLE_TO_/.test(code))
    return new DataError(
      'network',
      `${url}: the server's certificate cannot be verified (${code}); a proxy with one of its own needs NODE_EXTRA_CA_CERTS`,
      { cause: error },
    );
  return new Transient(`the connection failed (${code ?? (error as Error).message})`);
}
