// `npm run build`: from a fresh clone to commands that run.
import { installAndBuild } from './workspace.mjs';

installAndBuild();
