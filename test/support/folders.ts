// Where the folders of tests are.
import { existsSync, mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Files in memory cost a tenth of files on a disk. Nothing there may be run: some machines do not allow it. */
const memory = '/dev/shm';
const room = existsSync(memory) ? memory : tmpdir();

/** An empty folder for small files that come and go. */
export function smallFolder(): string {
  return mkdtempSync(join(room, 'appcfg-'));
}
