// Builds the addon and puts it where a published package has it: prebuilds/linux-x64 and so on.
//   node scripts/prebuild.mjs     on each platform, before `npm run release`; .github/workflows/release.yml does it
import { build, ship } from './build.mjs';

if (build({ verbose: true })) console.log(ship());
else process.exitCode = 1;
