import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { AUTO, engineHelp, engineNames, NAMED } from './candidates.js';

test('each engine stands under its own name, in the table and in the README', () => {
  const readme = readFileSync(new URL('../README.md', import.meta.url), 'utf8');
  for (const name of engineNames) {
    expect(NAMED[name].name).toBe(name);
    expect(readme).toMatch(new RegExp(`^\\| \`${name}\` +\\|`, 'm'));
  }
});

test('help names the engines in the order that auto tries them', () => {
  const order = [...new Set(AUTO.map(({ name }) => name))];
  expect(engineHelp).toMatch(new RegExp(order.map((name) => `\\b${name}\\b`).join('.*')));
  for (const name of engineNames) expect(engineHelp).toContain(name);
});
