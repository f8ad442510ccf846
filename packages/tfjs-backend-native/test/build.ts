import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

/** Builds the addon where its sources changed, so that no test runs on an older one. */
export default function build(): void {
  if (process.env.PCAM_NATIVE_ADDON) return;
  const script = fileURLToPath(new URL('../scripts/install.mjs', import.meta.url));
  execFileSync(process.execPath, [script], { stdio: 'inherit' });
}
