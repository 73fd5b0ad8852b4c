// Rules of the service, looked for in what is stored: apart from the operations, which are to keep them.
import { inFlight } from './deployment-progress.ts';
import type { Environment, Profile, Store } from './store.ts';

/** Which rules are broken; there should be none. */
export function violationsIn(store: Store): string[] {
  const applications = [...store.places.values()].flatMap((place) => [...place.applications.values()]);
  return applications.flatMap(({ id, environments, profiles }) => [
    ...repeated([...environments.values()], ({ name }) => name).map((name) => `two environments of ${id} are ${name}`),
    ...repeated([...profiles.values()], ({ name }) => name).map((name) => `two profiles of ${id} are ${name}`),
    ...[...environments.values()].flatMap(ofEnvironment),
    ...[...profiles.values()].flatMap(ofProfile),
  ]);
}

function ofEnvironment({ id, lastDeployment, deployments }: Environment): string[] {
  const inOrder = [...deployments.values()].sort((a, b) => a.number - b.number);
  const found = inOrder.slice(1).flatMap((later, index) => {
    const earlier = inOrder[index];
    if (earlier === undefined) return [];
    const both = `deployments ${earlier.number} and ${later.number} of environment ${id}`;
    if (later.startedAt < earlier.startedAt) return [`${both} were started the other way round`];
    return inFlight(earlier, later.startedAt) ? [`${both} were in flight at once`] : [];
  });
  const newest = inOrder.at(-1)?.number ?? 0;
  if (newest !== lastDeployment)
    found.push(`environment ${id} counts ${lastDeployment} deployments, and has ${newest}`);
  return found;
}

function ofProfile({ id, lastVersion, versions, labels }: Profile): string[] {
  const all = [...versions.values()];
  const labelled = all.filter(({ label }) => label !== undefined);
  const found = repeated(labelled, ({ label }) => label).map((label) => `two versions of profile ${id} are ${label}`);
  if (all.some(({ number }) => number > lastVersion)) found.push(`profile ${id} counts ${lastVersion} versions only`);
  const known = labelled.every(({ label = '', number }) => labels.get(label) === number);
  if (!known || labels.size !== labelled.length) found.push(`profile ${id} does not know its labels`);
  return found;
}

function repeated<T, K>(all: readonly T[], keyOf: (each: T) => K): K[] {
  const keys = all.map(keyOf);
  return [...new Set(keys.filter((key, index) => keys.indexOf(key) !== index))];
}
