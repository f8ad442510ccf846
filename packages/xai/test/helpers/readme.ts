import { readFileSync } from 'node:fs';

const readme = readFileSync(new URL('../../README.md', import.meta.url), 'utf8');

/** The README's snippets of a language that runs from source, or of another. */
export function snippets(language: 'ts' | 'js'): string[] {
  return [...readme.matchAll(new RegExp(`^\`\`\`${language}\\n([\\s\\S]*?)^\`\`\``, 'gm'))].map(
    (match) => match[1]!,
  );
}

/** The snippets that begin with a file's name in a comment, by that name. */
export function files(): Record<string, string> {
  const named = snippets('js').flatMap((code) => {
    const name = /^\/\/ ([\w-]+\.js)\n/.exec(code)?.[1];
    return name ? [[name, code] as const] : [];
  });
  return Object.fromEntries(named);
}

/** The snippet under a heading. */
export function under(heading: string): string {
  const section = readme.slice(readme.indexOf(`\n## ${heading}\n`));
  return /^```js\n([\s\S]*?)^```/m.exec(section)![1]!;
}
