const escapes: Record<string, string> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

/** Text that is HTML already. */
export class Html {
  constructor(readonly text: string) {}
  toString(): string {
    return this.text;
  }
}

type Part = string | number | Html | undefined | readonly Part[];

/** A template whose values are escaped, unless they are `Html`; lists are joined, `undefined` is nothing. */
export function html(strings: TemplateStringsArray, ...values: readonly Part[]): Html {
  return new Html(strings.reduce((text, part, i) => text + show(values[i - 1]) + part));
}

/** An SVG document made by us, for inlining. */
export function inlineSvg(svg: string): Html {
  return new Html(svg.replace(/<\?xml[^>]*\?>|<!DOCTYPE[^>]*>/g, '').trim());
}

function show(value: Part): string {
  if (value === undefined) return '';
  if (value instanceof Html) return value.text;
  if (Array.isArray(value)) return value.map(show).join('');
  return String(value).replace(/[&<>"']/g, (character) => escapes[character]!);
}

/** PNG data URIs: the patch, the map over it and, where there are masks, their outlines over it. */
export interface FigureViews {
  readonly patch: string;
  readonly map: string;
  readonly mask?: string;
}

/** One patch's views in a row. @param index its place in the data set. @param caption what is said of it. */
export function figure({ patch, map, mask }: FigureViews, index: number, caption: string): Html {
  return html`<figure class="example"><div class="views">
<img src="${patch}" alt="Patch ${index}"><img src="${map}" alt="Attribution map over patch ${index}">${
    mask === undefined ? undefined : html`<img src="${mask}" alt="Outline of the tumour in patch ${index}">`
  }</div>
<figcaption>patch ${index} · ${caption}</figcaption></figure>`;
}
