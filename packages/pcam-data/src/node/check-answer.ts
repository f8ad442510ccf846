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
