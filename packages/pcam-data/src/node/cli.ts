#!/usr/bin/env node
import { cac } from 'cac';
import manifest from '../../package.json' with { type: 'json' };
import { type Command, download, info, prepare, synthesize, verify } from './cli-commands.js';
import { showProgress } from './cli-progress.js';
import { checkArguments, checkFlags, type Flags } from './cli-values.js';

const stop = new AbortController();
/** The exit code that output which could not be written asks for. */
let failed = 0;
const progress = showProgress(process.stderr);

// Who reads no further (`| head -1`) has what they wanted; what is written to files goes on. Where output fails for
// another reason, such as a full disk behind `>`, that is said once. (As `surviveClosedPipes` of @pcam/cli, which stands
// beside this package.)
let told = false;
for (const stream of [process.stdout, process.stderr])
  stream.on('error', ({ code, message }: NodeJS.ErrnoException) => {
    if (code === 'EPIPE' || code === 'EOF' || code === 'ERR_STREAM_DESTROYED') return;
    if (!told && stream === process.stdout)
      process.stderr.write(`pcam-data: cannot write to the output: ${message}\n`);
    told = true;
    failed = 1;
    process.exitCode = 1;
  });

// The first Ctrl-C lets a download end in order; anything else, and the second, ends at once.
let orderly = false;
for (const signal of ['SIGINT', 'SIGTERM'] as const)
  process.on(signal, () => {
    progress.end();
    if (!orderly || stop.signal.aborted) process.exit(130);
    stop.abort();
  });

try {
  process.exitCode = (await main(process.argv)) || failed;
} catch (error) {
  progress.end();
  if (stop.signal.aborted) {
    process.stderr.write('pcam-data: stopped; the same command goes on from here\n');
    process.exitCode = 130;
  } else {
    const message = error instanceof Error ? error.message : String(error);
    process.stderr.write(`pcam-data: ${message.split('\n')[0]}\n`);
    process.exitCode = 1;
  }
}

async function main(argv: string[]): Promise<number> {
  let code = 0;
  const run = (command: Command) => {
    return async (...args: unknown[]): Promise<void> => {
      const flags = args.at(-1) as Flags;
      orderly = command === download;
      const print = (line: string): void => {
        progress.end();
        process.stdout.write(`${line}\n`);
      };
      const dir = typeof args[0] === 'string' ? args[0] : String(args[0]);
      code = await command(flags, { print, onProgress: progress.onProgress, signal: stop.signal }, dir);
    };
  };
  const cli = cac('pcam-data');
  cli
    .command('download', "Download PatchCamelyon's official files, or go on with it")
    .option('--to <dir>', 'Folder to download into')
    .option('--split <list>', 'Some of train,valid,test', { default: 'train,valid,test' })
    .option('--no-meta', 'Without the meta CSVs (coordinates and slides)')
    .option('--unpack', 'Also decompress, which otherwise happens at first use')
    .option('--url <base>', 'Another place with the same files')
    .example('  $ pcam-data download --to data --split valid,test')
    .action(run(download));
  cli
    .command('verify <dir>', 'Check sizes, md5s, keys, shapes, dtypes, labels, masks and slides')
    .option('--split <list>', 'Some of train,valid,test (all that are there)')
    .option('--quick', 'Only headers, labels and metadata')
    .option('--official', 'Every file must be the official one')
    .option('--json', 'Print the report as JSON')
    .example('  $ pcam-data verify data')
    .action(run(verify));
  cli
    .command('prepare <dir>', 'Stream splits into flat files for fast reads in any order')
    .option('--to <path>', 'Folder, or a file for one split')
    .option('--split <list>', 'Some of train,valid,test (all that are there)')
    .option('--seed <n>', 'Of the division into splits, for layouts without them (0)')
    .option('--force', 'Also where the file is there and up to date, or is the cache of another folder')
    .example('  $ pcam-data prepare data --to flat')
    .action(run(prepare));
  cli
    .command('synthesize', 'Write a synthetic data set with masks in the official layout')
    .option('--to <dir>', 'Folder to write into')
    .option('--train <n>', 'Patches of the train split (4000 if no count is given)')
    .option('--valid <n>', 'Patches of the valid split (500)')
    .option('--test <n>', 'Patches of the test split (500)')
    .option('--size <n>', 'Height and width in pixels', { default: 96 })
    .option('--slides <n>', 'Synthetic slides in a split', { default: 40 })
    .option('--seed <n>', 'Another seed gives other patches', { default: 0 })
    .example('  $ pcam-data synthesize --to synthetic --train 2000 --valid 400 --test 400')
    .action(run(synthesize));
  cli
    .command('info <path>', 'Tell what is there: layout, patches, classes, masks, slides')
    .option('--split <list>', 'Some of train,valid,test (all that are there)')
    .option('--seed <n>', 'Of the division into splits, for layouts without them (0)')
    .option('--json', 'Print it as JSON')
    .example('  $ pcam-data info data')
    .action(run(info));
  // cac tells a `--no-…` flag to be on by default, since what it turns off is.
  cli.help((sections) =>
    sections.map((section) => ({
      ...section,
      body: section.body.replace(/^(\s*--no-.*?) \(default: true\)$/gm, '$1'),
    })),
  );
  cli.version(manifest.version);
  cli.parse(argv, { run: false });
  if (cli.options.help || cli.options.version) return 0;
  if (!cli.matchedCommand) {
    const name = cli.args[0];
    if (name === undefined) {
      cli.outputHelp();
      return 1;
    }
    const known = cli.commands.map((c) => c.name).join(', ');
    throw new Error(`there is no command "${name}"; there are ${known} (see --help)`);
  }
  const known = [...cli.globalCommand.options, ...cli.matchedCommand.options].flatMap((o) => o.names);
  cli.matchedCommand.allowUnknownOptions();
  checkFlags(cli.options, known);
  checkArguments(cli.matchedCommand.name, cli.matchedCommand.args, cli.args);
  await cli.runMatchedCommand();
  return code;
}
