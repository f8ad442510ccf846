// `prepublishOnly` of every package: npm would publish `workspace:` and `catalog:` ranges as they stand, and no command
// but the release ships the native binaries and checks what is packed.
const byPnpm = (process.env.npm_config_user_agent ?? '').startsWith('pnpm/');
if (!(byPnpm && process.env.PCAM_RELEASE)) {
  console.error(
    `${process.env.npm_package_name} is published by "npm run release" at the top of the repository alone: by itself it would lack binaries and checks, and npm would publish its workspace: and catalog: ranges as they stand.`,
  );
  process.exit(1);
}
