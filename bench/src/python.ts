import { spawnSync } from 'node:child_process';

/** Debian's PyTorch, with the BLAS that makes its matrix products fast. */
export const INSTALL = 'apt-get install python3-torch python3-torchvision libopenblas0-pthread';

const search =
  'import importlib.util as u, sys; sys.exit(not (u.find_spec("torch") and u.find_spec("torchvision")))';

/** `python3` may be one without torch (pyenv, conda) while the system's has it. */
const usual = ['python3', '/usr/bin/python3'];

/** The first interpreter that has PyTorch. */
export function findPython(candidates: readonly string[] = usual): string | undefined {
  return candidates.find(
    (candidate) => spawnSync(candidate, ['-c', search], { stdio: 'ignore' }).status === 0,
  );
}
