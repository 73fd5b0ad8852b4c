import { AppcfgError, failure } from '../../core/problem/problem.ts';
import { collisionProblems, nameDoubt, nameProblem } from './check-names.ts';

/**
 * Refuses a name for a new tenant: one that is no folder's, that the tree would not accept, or that looks like another one.
 * @param others the tenants that there are
 * @throws AppcfgError
 */
export function checkNewTenant(name: string, others: readonly string[] = []): void {
  const path = `tenants/${name}`;
  // What begins with a dot is no tenant: the tree has such files for other programs.
  if (/[/\\\0]/.test(name) || name.startsWith('.') || name.startsWith('_')) {
    throw failure('name-invalid', `"${name}" cannot be the name of a tenant: it is the name of a folder in tenants/`, {
      hint: { text: 'choose a name without slashes that does not begin with "." or "_"' },
    });
  }
  if (others.includes(name)) {
    throw failure('destination-exists', `the tenant "${name}" exists already`, {
      hint: { text: 'choose another name' },
      source: { file: path },
    });
  }
  const doubt = nameDoubt(name, 'tenant');
  if (doubt !== undefined) throw failure('name-invalid', doubt.message, { hint: { text: 'choose a plain name' } });
  const problem =
    nameProblem({ name, path }, 'tenant') ??
    collisionProblems(
      'tenants',
      [...others, name].map((each) => ({ name: each, path: `tenants/${each}` })),
    )[0];
  if (problem !== undefined) throw new AppcfgError([problem]);
}
