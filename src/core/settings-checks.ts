// What settings say that may not be meant, and what they say that is not carried out yet.
import { strategyFor } from './deployment-strategies.ts';
import type { Problem } from './errors.ts';
import type { Settings } from './settings.ts';

const testStrategy = 'AppConfig.Linear50PercentEvery30Seconds';

/** Settings that work and may not be meant. */
export function checkSettings(settings: Settings): readonly Problem[] {
  return [...(settings.environments ?? [])].flatMap(([name, environment]) =>
    (environment.monitors ?? [])
      .filter((monitor) => !monitor.alarmArn.includes('{tenant}'))
      .map((monitor) => ({
        code: 'settings-doubtful',
        severity: 'warning',
        message: `the alarm "${monitor.alarmArn}" watches "${name}" of every tenant: when it rings, all of them are rolled back`,
        hint: 'give each tenant an alarm of its own, with {tenant} in the ARN',
        source: settings.sourceOf('environments', name, 'monitors'),
      })),
  );
}

/** Environments that look like production and are deployed to as AWS does for tests and demos. */
export function productionDoubts(settings: Settings, environments: Iterable<string>): readonly Problem[] {
  return [...environments]
    .filter((name) => /(?:^|[-_.])(?:prod|prd|production|live)(?:$|[-_.0-9])/i.test(name))
    .filter((name) => strategyFor(settings, name) === testStrategy)
    .map((name) => ({
      code: 'settings-doubtful',
      severity: 'warning',
      message: `the environment "${name}" looks like production, and ${testStrategy} is AWS's strategy for tests and demos`,
      hint: `set environments.${name}.deploymentStrategy: AppConfig.Linear20PercentEvery6Minutes (30 min, then 30 min of watching)`,
      source: settings.sourceOf('environments', name, 'deploymentStrategy'),
    }));
}

/** Settings that are understood and checked, and that this version does not carry out. */
export function notYet(settings: Settings): readonly Problem[] {
  const problems: Problem[] = [];
  const refuse = (path: readonly string[], message: string, hint: string) =>
    problems.push({ code: 'not-yet', severity: 'error', message, hint, source: settings.sourceOf(...path) });
  for (const [name, environment] of settings.environments ?? []) {
    if (environment.roleArn === undefined) continue;
    refuse(
      ['environments', name, 'roleArn'],
      `environments.${name}.roleArn is understood, and not carried out by this version`,
      `leave it out, and run with credentials of that role: appcfg sync --env ${name}`,
    );
  }
  return problems;
}
