import { systemCode } from '@pcam/files';
import { DataError } from './errors.js';

/** What is known of the file that was asked for. */
interface WantedFile {
  readonly url: string;
  /** As it is called, e.g. `…_x.h5.gz`. */
  readonly name: string;
  readonly bytes?: number;
}

/** What of an answer tells whose it is; a `Response` has it. */
type Answer = Pick<Response, 'status' | 'url' | 'headers'>;

/**
 * Whether the body of an answer can be the file, before a byte of it is kept: a login page or a proxy's answers 200 too.
 *
 * @throws DataError network, saying what came instead.
 */
export function checkAnswer(file: WantedFile, answer: Answer): void {
  const { url, bytes } = file;
  const { headers } = answer;
  if (url.startsWith('https:') && answer.url.startsWith('http:'))
    throw wrong(file, answer, 'sends on to an address without encryption');
  if (/^(text\/html|application\/xhtml)/i.test(headers.get('content-type') ?? ''))
    throw webPage(file, answer);
  const whole = wholeLength(answer);
  if (bytes !== undefined && whole !== undefined && whole !== bytes)
    throw wrong(
      file,
      answer,
      `has ${whole} bytes there instead of ${bytes}: it is another file, or an error in its place`,
    );
}

/**
 * Whether the first bytes of an answer can be those of the file.
 *
 * @throws DataError network.
 */
export function checkStart(file: WantedFile, answer: Answer, head: Uint8Array): void {
  const text = new TextDecoder()
    .decode(head.subarray(0, 2048))
    .replace(/^\uFEFF/, '')
    .trimStart();
  if (/^<(!doctype|html|head|body|\?xml|!--)/i.test(text)) throw webPage(file, answer, text);
  if (!file.name.endsWith('.gz')) return;
  if (head[0] === 0x1f && (head.length < 2 || head[1] === 0x8b)) return;
  throw wrong(file, answer, 'does not begin like a gzip file: something else came in its place');
}

/** The length of the whole file that the answer is, or is part of, where it tells. */
function wholeLength({ status, headers }: Answer): number | undefined {
  const told =
    status === 206 ? /\/(\d+)$/.exec(headers.get('content-range') ?? '')?.[1] : headers.get('content-length');
  // Of bytes that are packed on the way it tells the packed length.
  const packed = (headers.get('content-encoding') ?? 'identity') !== 'identity';
  return told === undefined || told === null || packed ? undefined : Number(told);
}

function webPage(file: WantedFile, answer: Answer, text = ''): DataError {
  const title = /<title[^>]*>([^<]{1,80})/i.exec(text)?.[1]?.trim();
  return wrong(
    file,
    answer,
    `is a web page there${title ? ` ("${title}")` : ''}, not the file: a login page or a proxy may stand between; open the address in a browser, or name another server with --url`,
  );
}

function wrong(file: WantedFile, answer: Answer, what: string): DataError {
  const from = answer.url !== '' && answer.url !== file.url ? ` (sent on to ${answer.url})` : '';
  return new DataError('network', `${file.url}${from} ${what}; nothing of it was kept`);
}

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
