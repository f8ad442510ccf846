import type { Program } from '@pcam/cli';
import manifest from '../package.json' with { type: 'json' };
import { download } from './commands/download.js';
import { info } from './commands/info.js';
import { prepare } from './commands/prepare.js';
import { synthesize } from './commands/synthesize.js';
import { verify } from './commands/verify.js';

/** `pcam-data`: a new command is a file of its own, and a line here. */
export const program: Program = {
  name: 'pcam-data',
  version: manifest.version,
  summary: 'Fetches, checks, prepares and paints PatchCamelyon data.',
  commands: { download, verify, prepare, synthesize, info },
};
