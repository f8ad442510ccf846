import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';

/**
 * The links of a folder of HTML pages that lead to no file, or to no such place in it; typedoc checks those of
 * comments, not those that its theme adds.
 * @returns a line for each: the page and the link.
 */
export function brokenLinks(folder) {
  const pages = readdirSync(folder, { recursive: true })
    .filter((name) => name.endsWith('.html'))
    .map((name) => join(folder, name));
  const texts = new Map(pages.map((page) => [page, readFileSync(page, 'utf8')]));
  const places = new Map([...texts].map(([page, text]) => [page, new Set(values(text, 'id'))]));
  return [...texts].flatMap(([page, text]) => {
    const leadsSomewhere = (link) => {
      if (/^[a-z]+:/.test(link)) return true;
      const [path, place] = link.split('#').map(decodeURIComponent);
      const target = path === '' ? page : resolve(dirname(page), path);
      return place && places.has(target) ? places.get(target).has(place) : existsSync(target);
    };
    return [...new Set(values(text, 'href'))]
      .filter((link) => !leadsSomewhere(link))
      .map((link) => `${relative(folder, page)} links to ${link}, which is not there`);
  });
}

function values(html, attribute) {
  return [...html.matchAll(new RegExp(` ${attribute}="([^"]*)"`, 'g'))].map(([, value]) => value);
}
