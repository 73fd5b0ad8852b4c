#!/usr/bin/env node
// The only file that sees `process`: hands it to run() and keeps the exit code.
import { setFlagsFromString } from 'node:v8';
import { run } from '../dist/run.js';

// By default V8 lets the heap grow to several times the live data before it collects. The calls of a fleet leave much garbage:
// this setting halves the memory and costs a few percent of time.
setFlagsFromString('--heap-growing-percent=22');

// With Node 20 the AWS SDK warns that its support ends. Users of a bundled SDK cannot act on that.
process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED = 'true';

// A reader that closes the pipe (`| head`) is no error.
for (const stream of [process.stdout, process.stderr]) {
  stream.on('error', (error) => {
    if (error.code === 'EPIPE') return;
    process.exitCode = 1;
    if (stream === process.stdout) process.stderr.write(`error: the output cannot be written (${error.code})\n`);
  });
}

const exitCode = await run(process.argv.slice(2), process);
process.exitCode ??= exitCode;

// What was interrupted must not keep the process: a connection without an answer, or the program of a credential source. What is
// written is read to its end.
setTimeout(() => process.stdout.write('', () => process.stderr.write('', () => process.exit())), 500).unref();
