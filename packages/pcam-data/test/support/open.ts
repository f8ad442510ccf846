import { openPcam } from '../../src/node/index.js';

const [dir = '', split = ''] = process.argv.slice(2);
try {
  const data = await openPcam(dir, split);
  console.log(`${data.length} patches`);
} catch (error) {
  console.log(String(error));
}
