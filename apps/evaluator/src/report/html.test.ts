import { describe, expect, it } from 'vitest';
import { toCsv } from '../formats.js';
import { html, inlineSvg } from './html.js';

describe('html', () => {
  it('escapes values and keeps HTML', () => {
    const inner = html`<b>${'<script>&"\''}</b>`;
    expect(html`<p>${inner}${[1, undefined, html`<i>x</i>`]}</p>`.text).toBe(
      '<p><b>&lt;script&gt;&amp;&quot;&#39;</b>1<i>x</i></p>',
    );
  });

  it('inlines an SVG document without its prolog', () => {
    expect(inlineSvg('<?xml version="1.0"?><!DOCTYPE svg>\n<svg/>').text).toBe('<svg/>');
  });
});

describe('toCsv', () => {
  it('quotes what would break a row', () => {
    expect(toCsv({ name: ['a,b', 'say "x"'], n: [1, 2.5] })).toBe('name,n\n"a,b",1\n"say ""x""",2.5\n');
  });
});
