// Checks stored state against AppConfig's rules. Independent of the operations, which must keep these rules.
import { inProgress } from './deployment-progress.ts';
import type { Environment, Profile } from './resources.ts';
import type { Store } from './store.ts';

/** The rules that the state breaks, in words. Empty unless the emulator has a bug. */
export function findViolations(store: Store): string[] {
  const applications = [...store.accountRegions.values()].flatMap((each) => [...each.applications.values()]);
  return applications.flatMap(({ id, environments, profiles }) => [
    ...duplicates([...environments.values()].map(({ name }) => name)).map(
      (name) => `application ${id} has two environments named "${name}"`,
    ),
    ...duplicates([...profiles.values()].map(({ name }) => name)).map(
      (name) => `application ${id} has two profiles named "${name}"`,
    ),
    ...[...environments.values()].flatMap(deploymentViolations),
    ...[...profiles.values()].flatMap(versionViolations),
  ]);
}

function deploymentViolations({ id, lastDeployment, deployments }: Environment): string[] {
  const inOrder = [...deployments.values()].sort((a, b) => a.number - b.number);
  const found = inOrder.slice(1).flatMap((later, index) => {
    const earlier = inOrder[index];
    if (earlier === undefined) return [];
    const both = `deployments ${earlier.number} and ${later.number} of environment ${id}`;
    if (later.startedAt < earlier.startedAt) return [`${both} were started in the wrong order`];
    return inProgress(earlier, later.startedAt) ? [`${both} were in progress at the same time`] : [];
  });
  const newest = inOrder.at(-1)?.number ?? 0;
  if (newest !== lastDeployment) {
    found.push(`environment ${id} counts ${lastDeployment} deployments but its newest is number ${newest}`);
  }
  return found;
}

function versionViolations({ id, lastVersion, versions, labels }: Profile): string[] {
  const all = [...versions.values()];
  const labelled = all.filter(({ label }) => label !== undefined);
  const found = duplicates(labelled.map(({ label }) => label)).map(
    (label) => `profile ${id} has two versions labelled "${label}"`,
  );
  if (all.some(({ number }) => number > lastVersion)) {
    found.push(`profile ${id} counts ${lastVersion} versions but has a higher version number`);
  }
  const indexed = labelled.every(({ label = '', number }) => labels.get(label) === number);
  if (!indexed || labels.size !== labelled.length) found.push(`profile ${id} has an index of labels that is wrong`);
  return found;
}

function duplicates<T>(values: readonly T[]): T[] {
  return [...new Set(values.filter((value, index) => values.indexOf(value) !== index))];
}
