// A fault of a source of credentials, and the faults that several sources have.
import type { CredentialSources, SourceFile } from './credential-sources.ts';

/** What is wrong, and what to do. */
export interface Fault {
  readonly message: string;
  readonly hint: string;
}

/** Undefined: the sources have no such fault. */
export type Row = (sources: CredentialSources) => Fault | undefined;

/** What is wrong with the file of a token. @param what what names the file */
export function tokenFault(what: string, path: string, file: SourceFile | undefined): Fault | undefined {
  if (file === undefined) return undefined;
  const problem = 'code' in file ? codeText(file.code) : file.text.trim() === '' ? 'is empty' : undefined;
  if (problem === undefined) return undefined;
  return { message: `${what} names ${path}, which ${problem}`, hint: 'write the token to that file' };
}

/** Whether STS can be asked for it: of AWS, AWS China, AWS GovCloud and others. */
export function isRole(arn: string): boolean {
  return /^arn:[\w-]+:iam::\d{12}:role\/[\x21-\x7e]+$/.test(arn);
}

export function isAbsent(file: SourceFile): boolean {
  return 'code' in file && file.code === 'ENOENT';
}

/** Why a file cannot be used, from the system's error code. */
export function codeText(code: string): string {
  const texts: Readonly<Record<string, string>> = {
    EISDIR: 'is a folder',
    ENOENT: 'does not exist',
    EACCES: 'may not be read',
    EPERM: 'may not be read',
    ENOTDIR: 'does not exist: a part of the path is a file',
  };
  return texts[code] ?? `cannot be read (${code})`;
}
