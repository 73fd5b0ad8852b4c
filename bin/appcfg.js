#!/usr/bin/env node
// The only file that sees `process`: hands it to run() and keeps the exit code.
import { run } from '../dist/run.js';

process.exitCode = await run(process.argv.slice(2), process);
