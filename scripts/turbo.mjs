// `npm run typecheck`, `npm run packaging`: a task of every package.
import { turbo } from './workspace.mjs';

turbo(process.argv[2]);
