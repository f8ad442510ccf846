/** The few parts of jasmine-core 3 that the runner touches; it brings no types. */
declare module 'jasmine-core' {
  export interface Result {
    failedExpectations: { message: string }[];
  }
  interface NamedResult extends Result {
    fullName: string;
  }
  interface SpecResult extends NamedResult {
    status: 'passed' | 'failed' | 'pending' | 'excluded';
    duration: number | null;
  }
  interface Reporter {
    specStarted(result: SpecResult): void;
    specDone(result: SpecResult): void;
    suiteDone(result: NamedResult): void;
    jasmineDone(result: Result): void;
  }
  interface Env {
    configure(options: { random: boolean; specFilter(spec: { getFullName(): string }): boolean }): void;
    clearReporters(): void;
    addReporter(reporter: Reporter): void;
    execute(specs: undefined, done: () => void): void;
  }
  interface Jasmine {
    DEFAULT_TIMEOUT_INTERVAL: number;
    getEnv(): Env;
  }
  interface JasmineCore {
    /** Puts `describe`, `it`, `expect`... on the global object. */
    boot(core: JasmineCore): Jasmine;
  }
  const core: JasmineCore;
  export default core;
}
