import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';

const here = (name: string) => fileURLToPath(new URL(name, import.meta.url));
const evaluate = (code: string) =>
  spawnSync(
    process.execPath,
    [
      '--input-type=module',
      '-e',
      `import * as workspace from ${JSON.stringify(here('workspace.mjs'))}; ${code}`,
    ],
    {
      encoding: 'utf8',
    },
  );

describe('the root commands', () => {
  it.each(['18.20.0', '20.18.3'])('refuse Node %s in one line', (version) => {
    const { status, stderr } = evaluate(`workspace.requireNode('${version}')`);
    expect(status).toBe(1);
    expect(stderr.trim()).toBe(
      `Node ${version} is too old: install Node 20.19 or newer (https://nodejs.org), then run this again.`,
    );
  });

  it.each(['20.19.0', '22.0.0', '24.1.0'])('accept Node %s', (version) => {
    expect(evaluate(`workspace.requireNode('${version}')`).status).toBe(0);
  });

  it('say which command is missing and pass on a failed status', () => {
    const missing = evaluate(`workspace.run('no-such-command', [], { hint: 'install it' })`);
    expect(missing.stderr).toContain('no-such-command could not start');
    expect(missing.stderr).toContain('install it');
    expect(evaluate(`workspace.run('node', ['-e', 'process.exit(7)'])`).status).toBe(7);
  });

  it.each(['demo.mjs', 'pack-for.mjs'])(
    '%s tells its flags, and refuses others without a stack',
    (script) => {
      const answer = (flag: string) =>
        spawnSync(process.execPath, [here(script), flag], { encoding: 'utf8' });
      expect(answer('--help')).toMatchObject({ status: 0, stdout: expect.stringMatching(/^Usage: npm run/) });
      const { status, stderr } = answer('--nonsense');
      expect(status).toBe(1);
      expect(stderr).toMatch(/'--nonsense'[\s\S]*\nUsage: npm run/);
      expect(stderr).not.toContain('    at ');
    },
  );

  it('demo refuses a data folder that does not exist before any work', () => {
    const { status, stderr } = spawnSync(process.execPath, [here('demo.mjs'), '--data', 'no-such-folder'], {
      encoding: 'utf8',
    });
    expect(status).toBe(1);
    expect(stderr.trim()).toBe('no-such-folder does not exist: --data takes a folder with PCam files.');
  });
});
