import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { runSource } from './helpers/run-source.js';

const readme = readFileSync(new URL('../README.md', import.meta.url), 'utf8');
const snippets = [...readme.matchAll(/```ts\n([\s\S]*?)```/g)].map((match) => match[1]!);

describe('the README', () => {
  it('has snippets', () => {
    expect(snippets).toHaveLength(7);
  });

  it.each(snippets.map((source, index) => [index + 1, source] as const))(
    'snippet %i prints what its comment says',
    async (_, source) => {
      const promised = [...source.matchAll(/console\.log\(.*\); \/\/ \[(.*)\]/g)].map((match) => match[1]!);
      const printed = await runSource(source);
      expect(promised.length).toBeGreaterThan(0);
      for (const shape of promised) expect(printed.replace(/\s+/g, ' ')).toContain(`[ ${shape} ]`);
    },
  );
});
