// The file of --map: which tenant each application is.
import { basename, dirname, resolve } from 'node:path';
import { parseDocument } from '../../core/document/parse-yaml.ts';
import { entriesOf, isMap } from '../../core/model/value.ts';
import { AppcfgError, failure } from '../../core/problem/problem.ts';
import { DiskSource } from '../../tree/disk-source.ts';
import type { Context } from '../context.ts';

const form = { text: 'write a line for each application: "its name": its tenant' };

/** @throws AppcfgError */
export function readTenantMap(file: string, { cwd }: Pick<Context, 'cwd'>): ReadonlyMap<string, string> {
  const { value, problems } = parseDocument(textOf(file, cwd), {
    path: file,
    format: file.endsWith('.json') ? 'json' : 'yaml',
  });
  const [first, ...others] = problems.filter(({ severity }) => severity === 'error');
  if (first !== undefined) throw new AppcfgError([first, ...others]);
  if (!isMap(value)) throw failure('usage-invalid', `the file "${file}" of --map is not a map`, { hint: form });
  const applications = new Map<string, string>();
  const byTenant = new Map<string, string>();
  for (const [application, tenant] of entriesOf(value)) {
    if (typeof tenant !== 'string' || tenant === '') {
      const message = `the tenant of "${application}" in the file "${file}" of --map is not a string`;
      throw failure('usage-invalid', message, { hint: { text: 'quote it' } });
    }
    const other = byTenant.get(tenant);
    if (other !== undefined) {
      const message = `the file "${file}" of --map has the tenant "${tenant}" twice: for "${other}" and "${application}"`;
      throw failure('usage-invalid', message, { hint: { text: 'a tenant is one application: name two tenants' } });
    }
    byTenant.set(tenant, application);
    applications.set(application, tenant);
  }
  return applications;
}

function textOf(file: string, cwd: string): string {
  const path = resolve(cwd, file);
  const hint = { text: 'check the path' };
  const source = new DiskSource(dirname(path));
  if (source.kindOf(basename(path)) === undefined)
    throw failure('usage-invalid', `the file "${file}" of --map does not exist`, { hint });
  try {
    return source.text(basename(path));
  } catch {
    throw failure('usage-invalid', `the file "${file}" of --map cannot be read`, { hint });
  }
}
