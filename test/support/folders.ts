// Temporary folders of tests.
import { existsSync, mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Files in memory take a tenth of the time of files on a disk. Some machines mount it `noexec`: put no programs there. */
const memory = '/dev/shm';
const parent = existsSync(memory) ? memory : tmpdir();

/** An empty folder for small, short-lived files. */
export function smallFolder(): string {
  return mkdtempSync(join(parent, 'appcfg-'));
}
