// `npm test`: install, build, run every test. Arguments go to vitest: `npm test -- packages/metrics`.
import { installAndBuild, pnpm } from './workspace.mjs';

installAndBuild();
pnpm(['exec', 'vitest', 'run', ...process.argv.slice(2)], { hint: 'The failing tests stand above.' });
