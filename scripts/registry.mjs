import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';

/**
 * Serves tarballs of `packAll` as npm's registry would once they are published. A project takes them from there with
 * the line `@pcam:registry=URL` in its `.npmrc`, and all other packages from where it always does.
 * @returns its `url`, and `close`.
 */
export async function serveRegistry(tarballs) {
  const byName = new Map(tarballs.map((tarball) => [tarball.manifest.name, tarball]));
  const server = createServer((request, response) => {
    const path = decodeURIComponent(request.url).slice(1);
    const tarball = byName.get(path.replace(/\.tgz$/, ''));
    if (tarball === undefined) response.writeHead(404).end('{}');
    else if (path.endsWith('.tgz')) response.end(readFileSync(tarball.file));
    else response.setHeader('content-type', 'application/json').end(packument(tarball, address()));
  });
  const address = () => `http://127.0.0.1:${server.address().port}/`;
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  return { url: address(), close: () => server.close() };
}

function packument({ manifest, file }, url) {
  const { name, version, scripts } = manifest;
  const integrity = `sha512-${createHash('sha512').update(readFileSync(file)).digest('base64')}`;
  const dist = { tarball: `${url}${name}.tgz`, integrity };
  const hasInstallScript = scripts?.install !== undefined;
  const versions = { [version]: { ...manifest, hasInstallScript, dist } };
  return JSON.stringify({ name, 'dist-tags': { latest: version }, versions });
}
