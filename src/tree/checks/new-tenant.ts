import { AppcfgError, failure } from '../../core/problem/problem.ts';
import { type ApplicationNames, applicationNameOf } from '../../core/settings/application-name.ts';
import { defaultSettings } from '../../core/settings/settings.ts';
import { collisionProblems, nameDoubt, nameProblem, tenantCollisions } from './check-names.ts';

/**
 * Refuses a name for a new tenant: one that is no folder's, that the tree would not accept, or that looks like another one.
 * @param others the tenants that there are
 * @throws AppcfgError
 */
export function checkNewTenant(
  name: string,
  others: readonly string[] = [],
  settings: ApplicationNames = defaultSettings,
): void {
  const path = `tenants/${name}`;
  const applicationOf = (tenant: string) => applicationNameOf(settings, tenant);
  checkNewFolder(name, { kind: 'tenant', in: 'tenants/' });
  const same = others.find((other) => other === name);
  const collision = tenantCollisions([...others, name], applicationOf).find(({ source }) => source?.file === path);
  if (same !== undefined || collision !== undefined) {
    throw failure('destination-exists', collision?.message ?? `the tenant "${name}" exists already`, {
      hint: { text: 'choose another name' },
      source: { file: path },
    });
  }
  const problem = nameProblem({ name: applicationOf(name), path }, 'application');
  if (problem !== undefined) throw new AppcfgError([problem]);
  refuseDoubt(name, 'tenant');
}

/** Refuses a name for a new folder of an environment. @param others the environments that there are @throws AppcfgError */
export function checkNewEnvironment(name: string, others: readonly string[]): void {
  const path = `tenants/*/${name}`;
  checkNewFolder(name, { kind: 'environment', in: 'a tenant' });
  const [collision] = others.includes(name) ? [] : collisionProblems('environments', entriesOf([...others, name]));
  if (collision !== undefined) throw new AppcfgError([{ ...collision, source: { file: path } }]);
  refuseDoubt(name, 'environment');
}

/** @throws AppcfgError */
function checkNewFolder(name: string, folder: { readonly kind: 'tenant' | 'environment'; readonly in: string }): void {
  const { kind } = folder;
  // What begins with a dot is no tenant: the tree has such files for other programs.
  if (name === '' || /[/\\\0]/.test(name) || name.startsWith('.') || name.startsWith('_')) {
    throw failure(
      'name-invalid',
      `"${name}" cannot be the name of ${kind === 'tenant' ? 'a tenant' : 'an environment'}: it is the name of a folder in ${folder.in}`,
      { hint: { text: 'choose a name without slashes that does not begin with "." or "_"' } },
    );
  }
  const problem = nameProblem({ name, path: name }, kind);
  if (problem !== undefined) throw new AppcfgError([problem]);
}

/** @throws AppcfgError */
function refuseDoubt(name: string, kind: 'tenant' | 'environment'): void {
  const doubt = nameDoubt(name, kind);
  if (doubt !== undefined) throw failure('name-invalid', doubt.message, { hint: { text: 'choose a plain name' } });
}

function entriesOf(names: readonly string[]): readonly { readonly name: string; readonly path: string }[] {
  return names.map((name) => ({ name, path: `tenants/${name}` }));
}
