#!/usr/bin/env node
// The only file that sees `process`: hands it to run() and keeps the exit code.
import { run } from '../dist/run.js';

// The AWS SDK warns of the end of its support for Node 20 at its first client; users cannot act on that.
process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED = 'true';

// A reader that closes the pipe (`| head`) has seen enough.
for (const stream of [process.stdout, process.stderr]) {
  stream.on('error', (error) => {
    if (error.code !== 'EPIPE') throw error;
  });
}

process.exitCode = await run(process.argv.slice(2), process);
