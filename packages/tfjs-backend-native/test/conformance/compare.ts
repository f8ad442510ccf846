import type { Spec } from './events.js';
import type { Exception } from './exceptions.js';
import type { SuiteResult } from './run-suite.js';

/** Everything in which a backend falls short of the reference, a line or two each; empty where it conforms. */
export function shortfalls(reference: SuiteResult, backend: SuiteResult, exceptions: Exception[]): string[] {
  const expected = new Set(reference.specs.filter(passed).map(({ name }) => name));
  const actual = new Map(backend.specs.map((spec) => [spec.name, spec]));
  const excepted = new Set(exceptions.map(({ name }) => name));
  return [
    ...reference.errors.map((message) => `the reference, outside of a spec: ${message}`),
    ...backend.errors.map((message) => `outside of a spec: ${message}`),
    ...[...expected]
      .filter((name) => !excepted.has(name))
      .map((name) => [name, actual.get(name)] as const)
      .filter(([, spec]) => spec === undefined || !passed(spec))
      .map(([name, spec]) => `${name}\n    ${spec?.message ?? spec?.status ?? 'did not run'}`),
    ...exceptions
      .filter(({ name }) => !expected.has(name))
      .map(({ name }) => `${name}\n    is an exception, and the reference does not pass it either`),
    ...exceptions
      .filter(({ name }) => actual.has(name) && passed(actual.get(name)!))
      .map(({ name }) => `${name}\n    is an exception, and passes: take it off the list`),
  ];
}

/** The first of them, for a test's message. */
export function report(problems: string[], most = 30): string {
  const rest = problems.length - most;
  return [...problems.slice(0, most), ...(rest > 0 ? [`... and ${rest} more`] : [])].join('\n');
}

function passed({ status }: Spec): boolean {
  return status === 'passed';
}
