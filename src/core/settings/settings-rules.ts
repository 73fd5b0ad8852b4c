// What a schema cannot say of appcfg.yml: how its parts go together, and AWS's own rules.
import { reservedTags } from '../model/resource.ts';
import type { Problem } from '../problem/problem.ts';
import { nearest } from '../problem/suggest.ts';
import { accountOf } from './account-regions.ts';
import { predefinedStrategies } from './deployment-strategies.ts';
import type { Tell } from './schema-errors.ts';
import type { SettingsFile } from './settings-schema.ts';

/** What a schema cannot say. */
export function crossChecks(file: SettingsFile, tell: Tell): readonly Problem[] {
  const problems: Problem[] = [];
  const placeholders: readonly string[] = file.applicationName.match(/\{[^}]*\}/g) ?? [];
  if (!placeholders.includes('{tenant}')) {
    problems.push(
      tell(
        ['applicationName'],
        `"applicationName" is "${file.applicationName}", without {tenant}`,
        'each tenant needs an application of its own: "acme-{tenant}"',
      ),
    );
  }
  if (placeholders.filter((placeholder) => placeholder === '{tenant}').length > 1) {
    problems.push(
      tell(
        ['applicationName'],
        '"applicationName" has {tenant} twice',
        'once is enough: names are read back to tenants',
      ),
    );
  }
  for (const unknown of placeholders.filter((placeholder) => placeholder !== '{tenant}')) {
    problems.push(tell(['applicationName'], `"applicationName" has ${unknown}`, 'only {tenant} is filled in'));
  }
  problems.push(...tagProblems(file.tags, tell));
  const strategy = (path: readonly PropertyKey[], name: string | undefined) => {
    const hint = name === undefined ? undefined : strategyHint(name, Object.keys(file.deploymentStrategies));
    if (hint !== undefined) problems.push(tell(path, `"${name}" is not a deployment strategy`, hint));
  };
  strategy(['deploymentStrategy'], file.deploymentStrategy);
  for (const [name, environment] of Object.entries(file.environments ?? {})) {
    strategy(['environments', name, 'deploymentStrategy'], environment?.deploymentStrategy);
    problems.push(...targetProblems(['environments', name], environment ?? {}, tell));
  }
  (file.tenants ?? []).forEach((entry, index) => {
    strategy(['tenants', index, 'deploymentStrategy'], entry.deploymentStrategy);
    problems.push(...targetProblems(['tenants', index], entry, tell));
  });
  for (const name of Object.keys(file.deploymentStrategies)) {
    if (name.startsWith('AppConfig.') || name.length > 64 || name === '') {
      problems.push(
        tell(
          ['deploymentStrategies', name],
          `an own strategy cannot be called "${name}"`,
          "AppConfig.… are AWS's own; names have 1 to 64 characters",
        ),
      );
    }
  }
  for (const [name, profile] of Object.entries(file.profiles)) {
    if (profile.type === 'feature-flags' && profile.format === 'yaml') {
      problems.push(
        tell(
          ['profiles', name, 'format'],
          `the feature flags "${name}" cannot be YAML`,
          'AppConfig takes feature flags as JSON only: leave format out',
        ),
      );
    }
    if (profile.merge === 'replace' && Object.keys(profile.lists).length > 0) {
      problems.push(
        tell(
          ['profiles', name, 'lists'],
          `"lists" of "${name}" has no effect with merge: replace`,
          'leave one of them out',
        ),
      );
    }
  }
  for (const [name, { lists }] of Object.entries(file.profiles)) {
    for (const pointer of Object.keys(lists)) {
      const wrong = /~(?![01])/.test(pointer) ? 'is no JSON Pointer' : pointer.includes('*') ? 'has a *' : undefined;
      if (wrong === undefined) continue;
      problems.push(
        tell(
          ['profiles', name, 'lists', pointer],
          `the path "${pointer}" ${wrong}`,
          'name one list, step by step: / separates, ~1 stands for / and ~0 for ~ in a key',
        ),
      );
    }
  }
  const waveNames = (file.waves ?? []).map((wave) => wave.name);
  waveNames.forEach((name, index) => {
    if (waveNames.indexOf(name) !== index) {
      problems.push(tell(['waves', index, 'name'], `two waves are called "${name}"`, 'give each a name of its own'));
    }
  });
  return problems;
}

/** What does not go together in what is said of an environment, or of tenants. */
function targetProblems(
  path: readonly PropertyKey[],
  said: Pick<NonNullable<SettingsFile['tenants']>[number], 'account' | 'roleArn' | 'monitors'>,
  tell: Tell,
): readonly Problem[] {
  const { account, roleArn, monitors = [] } = said;
  const ofRole = accountOf({ account: undefined, roleArn });
  const problems: Problem[] = [];
  if (account !== undefined && ofRole !== undefined && account !== ofRole) {
    problems.push(
      tell(
        [...path, 'roleArn'],
        `the role is in account ${ofRole}, and the account is ${account}`,
        'name a role of that account: nobody gets into it with another one',
      ),
    );
  }
  monitors.forEach((monitor, index) => {
    for (const [key, arn] of Object.entries(monitor)) {
      const unknown = arn.match(/\{(?!tenant\}|environment\}|account\}|region\})[^}]*\}/)?.[0];
      if (unknown === undefined) continue;
      problems.push(
        tell(
          [...path, 'monitors', index, key],
          `"${key}" has ${unknown}`,
          '{tenant}, {environment}, {account} and {region} are filled in',
        ),
      );
    }
  });
  return problems;
}

/** AppConfig's rules for tags, some room kept for the tool's own. */
function tagProblems(tags: Readonly<Record<string, string>>, tell: Tell): readonly Problem[] {
  const problems: Problem[] = [];
  const allowed = /^[a-zA-Z0-9+\-=._:/@ ]*$/;
  for (const [key, value] of Object.entries(tags)) {
    if (reservedTags.includes(key)) {
      problems.push(tell(['tags', key], `the tag "${key}" is appcfg's own`, 'choose another key'));
    } else if (/^aws:/i.test(key)) {
      problems.push(
        tell(['tags', key], `the tag "${key}" begins with aws:`, 'AWS keeps that for itself: choose another key'),
      );
    } else if (key === '' || key.length > 128 || value.length > 256) {
      problems.push(
        tell(
          ['tags', key],
          `the tag "${key.slice(0, 40)}" is too long, or has no name`,
          'keys have 1 to 128 characters, values at most 256',
        ),
      );
    } else if (!allowed.test(key) || !allowed.test(value)) {
      problems.push(
        tell(
          ['tags', key],
          `the tag "${key}" holds characters that AppConfig refuses`,
          'letters, digits, spaces and + - = . _ : / @ are allowed',
        ),
      );
    }
  }
  if (Object.keys(tags).length > 47) {
    problems.push(
      tell(['tags'], `there are ${Object.keys(tags).length} tags`, "AppConfig takes 50, and three are appcfg's own"),
    );
  }
  return problems;
}

/** Undefined for a strategy that may exist. */
export function strategyHint(name: string, own: readonly string[]): string | undefined {
  const known = [...predefinedStrategies.keys(), ...own];
  if (known.includes(name)) return undefined;
  const near = nearest(name, known) ?? nearest(`AppConfig.${name}`, known);
  // What looks like an id may be one; but not what is nearly one of our names.
  if (/^[a-z0-9]{4,7}$/.test(name) && near === undefined) return undefined;
  return near === undefined
    ? `there is: ${known.join(', ')}; or describe your own under deploymentStrategies`
    : `is "${near}" meant?`;
}
