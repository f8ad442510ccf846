import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { arch, cpus, platform, release, totalmem } from 'node:os';
import { version_core as tfjsCore } from '@tensorflow/tfjs-core';

/** Where a run's numbers were computed. */
export interface Environment {
  readonly node: string;
  readonly platform: string;
  readonly cpu: string;
  readonly cores: number;
  readonly memoryGiB: number;
  /** Of `@pcam/training` and `@tensorflow/tfjs-core`. */
  readonly versions: Readonly<Record<string, string>>;
  /** ISO 8601. */
  readonly started: string;
  /** Whatever the caller adds: the engine, seeds, its own version. */
  readonly [key: string]: unknown;
}

/** This process and machine. `extra` is added as it is; `extra.versions` joins the others. */
export function describeEnvironment(extra: Readonly<Record<string, unknown>> = {}): Environment {
  const processors = cpus();
  const versions = { '@pcam/training': ownVersion(), '@tensorflow/tfjs-core': tfjsCore };
  return {
    ...extra,
    node: process.version,
    platform: `${platform()} ${release()} ${arch()}`,
    cpu: processors[0]?.model ?? 'unknown',
    cores: processors.length,
    memoryGiB: Math.round((totalmem() / 2 ** 30) * 10) / 10,
    versions: { ...versions, ...(extra.versions as Record<string, string> | undefined) },
    started: new Date().toISOString(),
  };
}

function ownVersion(): string {
  // By its own name, so that the path is right from source and from dist alike.
  const path = createRequire(import.meta.url).resolve('@pcam/training/package.json');
  return (JSON.parse(readFileSync(path, 'utf8')) as { version: string }).version;
}
