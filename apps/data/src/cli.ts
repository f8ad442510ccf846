import { runProgram } from '@pcam/cli';
import { program } from './program.js';

await runProgram(program);
