import { type Html, html } from './html.js';

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
