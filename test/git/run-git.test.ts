import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { gitState } from '../../src/git/git-state.ts';
import { hasChanges } from '../../src/git/has-changes.ts';
import { ignoredFiles } from '../../src/git/ignored-files.ts';
import { isTracked } from '../../src/git/is-tracked.ts';
import { findCommit, readRevision } from '../../src/git/revision-source.ts';
import type { GitLocation } from '../../src/git/run-git.ts';
import { touchedFiles } from '../../src/git/touched-files.ts';

test.each<[string, (location: GitLocation) => Promise<unknown>]>([
  ['gitState', gitState],
  ['hasChanges', hasChanges],
  ['ignoredFiles', (location) => ignoredFiles(location, ['tenants'])],
  ['isTracked', (location) => isTracked('.appcfg', location)],
  ['touchedFiles', (location) => touchedFiles('HEAD', new Date(0), location)],
  ['findCommit', (location) => findCommit('HEAD', location)],
  ['readRevision', (location) => readRevision({ revision: 'HEAD', flag: '--base' }, location)],
])('%s: an interrupt is not what Git found', async (_name, ask) => {
  const directory = mkdtempSync(join(tmpdir(), 'appcfg-git-'));
  onTestFinished(() => rmSync(directory, { recursive: true }));
  execFileSync('git', ['init', '-q', directory]);
  const reason = new Error('interrupted');
  const location = { directory, environment: process.env, signal: AbortSignal.abort(reason) };
  await expect(ask(location)).rejects.toBe(reason);
});
