import { type ChildProcess, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import type { Requests } from './protocol.js';

/**
 * One of the two that are compared: a process that lives as long as the benchmark, so that its
 * start is never timed, and that sleeps on its standard input while the other one works.
 */
export class Side {
  readonly name: string;
  readonly #child: ChildProcess;
  #answer: ((line: string) => void) | undefined;
  #fail: ((error: Error) => void) | undefined;
  #ended: Error | undefined;

  constructor(name: string, command: string, args: readonly string[], env: Readonly<Record<string, string>>) {
    this.name = name;
    this.#child = spawn(command, args, {
      env: { ...process.env, ...env },
      stdio: ['pipe', 'pipe', 'inherit'],
    });
    createInterface({ input: this.#child.stdout! }).on('line', (line) => {
      // Libraries may chat on standard output; answers are JSON objects.
      if (line.startsWith('{')) this.#answer?.(line);
      else process.stderr.write(`${name}: ${line}\n`);
    });
    this.#child.stdin!.on('error', () => {}); // said by 'exit'
    this.#child.on('error', (error) => this.#end(new Error(`${name} cannot start: ${error.message}`)));
    this.#child.on('exit', (code, signal) =>
      this.#end(new Error(`${name} ended with ${signal ?? `code ${code}`}; what it said stands above`)),
    );
  }

  get pid(): number | undefined {
    return this.#child.pid;
  }

  /** @throws Error in one line, what the side says is wrong, or that it ended. */
  async ask<K extends keyof Requests>(what: K, details: Requests[K]['ask']): Promise<Requests[K]['answer']> {
    if (this.#ended) throw this.#ended;
    const line = await new Promise<string>((resolve, reject) => {
      this.#answer = resolve;
      this.#fail = reject;
      this.#child.stdin!.write(`${JSON.stringify({ do: what, ...details })}\n`);
    });
    const answer = JSON.parse(line) as Requests[K]['answer'] & { error?: string };
    if (answer.error !== undefined) throw new Error(`${this.name}, ${what}: ${answer.error}`);
    return answer;
  }

  close(): void {
    this.#child.stdin!.end();
  }

  #end(error: Error): void {
    this.#ended = error;
    this.#fail?.(error);
  }
}
