// `npm run version-packages`: versions and changelogs from the changesets that wait, and a lock file that knows them.
import { pnpm } from './workspace.mjs';

pnpm(['exec', 'changeset', 'version']);
pnpm(['install', '--lockfile-only', '--reporter=append-only', '--loglevel=warn']);
