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
