import { resolve } from 'node:path';
import { type Approval, parseApproval, unusable } from '../../core/approval/approval.ts';
import { readNamedFile } from '../../files/read-named-file.ts';
import type { Context } from '../context.ts';

/** @throws AppcfgError for a file that has no plan to approve */
export function approvalIn(file: string, { cwd }: Pick<Context, 'cwd'>): Approval {
  const read = readNamedFile(resolve(cwd, file));
  if ('reason' in read) throw unusable(file, read.reason);
  return parseApproval(read.text, file);
}
