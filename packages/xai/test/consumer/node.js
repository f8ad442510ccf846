import { explain } from './explain.js';

console.log(JSON.stringify(await explain('cpu')));
