import { join } from 'node:path';
import ts from 'typescript';
import { describe, expect, it } from 'vitest';
import { packages } from './packages.mjs';
import { root } from './workspace.mjs';

interface Entry {
  readonly package: string;
  readonly file: string;
}

/** What each package exports to others, as sources. */
const entries: readonly Entry[] = packages().flatMap(({ folder, manifest }) =>
  Object.values<{ '@pcam/source'?: string }>(manifest.exports ?? {}).flatMap((target) => {
    const source = target['@pcam/source'];
    return source ? [{ package: manifest.name as string, file: join(folder, source) }] : [];
  }),
);

const { config } = ts.readConfigFile(join(root, 'tsconfig.base.json'), ts.sys.readFile);
const { options } = ts.convertCompilerOptionsFromJson(config.compilerOptions, root);
const program = ts.createProgram(
  entries.map(({ file }) => file),
  { ...options, noEmit: true },
);
const checker = program.getTypeChecker();

interface Exported extends Entry {
  readonly name: string;
  readonly symbol: ts.Symbol;
}

const exported: readonly Exported[] = entries.flatMap((entry) => {
  const module = checker.getSymbolAtLocation(program.getSourceFile(entry.file)!);
  const symbols = module ? checker.getExportsOfModule(module) : [];
  return symbols.map((symbol) => ({
    ...entry,
    name: symbol.name,
    symbol: symbol.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(symbol) : symbol,
  }));
});

/** One declaration; or, of packages that must not import each other, types where one refines the other. */
function mean(a: ts.Symbol, b: ts.Symbol): boolean {
  if (a.declarations?.[0] === b.declarations?.[0]) return true;
  if (!(a.flags & b.flags & ts.SymbolFlags.Type)) return false;
  const [ofA, ofB] = [checker.getDeclaredTypeOfSymbol(a), checker.getDeclaredTypeOfSymbol(b)];
  return checker.isTypeAssignableTo(ofA, ofB) || checker.isTypeAssignableTo(ofB, ofA);
}

describe('what packages export', () => {
  it('is found', () => {
    expect(exported.length).toBeGreaterThan(100);
  });

  it('has names alone, and no default', () => {
    expect(exported.filter(({ name }) => name === 'default' || name === 'export=')).toEqual([]);
  });

  it('gives no name two meanings', () => {
    const clashes = exported.flatMap(({ name, symbol, package: first }, i) => {
      const other = exported.slice(i + 1).find((later) => later.name === name && !mean(symbol, later.symbol));
      return other ? [`${name}: ${first} and ${other.package}`] : [];
    });
    expect(clashes, 'rename the one whose name says less').toEqual([]);
  });
});
