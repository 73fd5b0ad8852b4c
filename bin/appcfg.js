#!/usr/bin/env node
// The only file that sees `process`: hands it to run() and keeps the exit code.
import { setFlagsFromString } from 'node:v8';
import { run } from '../dist/run.js';

// V8 lets a heap grow to several times what is alive before it looks. A fleet's calls leave much behind: without this, twice
// the memory for a few percent of time.
setFlagsFromString('--heap-growing-percent=22');

// The AWS SDK warns of the end of its support for Node 20 at its first client; users cannot act on that.
process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED = 'true';

// A reader that closes the pipe (`| head`) has seen enough.
for (const stream of [process.stdout, process.stderr]) {
  stream.on('error', (error) => {
    if (error.code === 'EPIPE') return;
    process.exitCode = 1;
    if (stream === process.stdout) process.stderr.write(`error: the output cannot be written (${error.code})\n`);
  });
}

const exitCode = await run(process.argv.slice(2), process);
process.exitCode ??= exitCode;
