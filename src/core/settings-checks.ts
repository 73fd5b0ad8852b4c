// What settings say that may not be meant, and what they say that is not carried out yet.
import { strategyFor } from './deployment-strategies.ts';
import type { Problem } from './errors.ts';
import type { Settings } from './settings.ts';

const testStrategy = 'AppConfig.Linear50PercentEvery30Seconds';

/** Settings that work and may not be meant. */
export function checkSettings(settings: Settings): readonly Problem[] {
  const warnings: Problem[] = [];
  const doubt = (message: string, hint: string) =>
    warnings.push({ code: 'settings-doubtful', severity: 'warning', message, hint, source: 'appcfg.yml' });
  for (const [name, environment] of settings.environments ?? []) {
    if (/^(?:prod|prd|production|live)/i.test(name) && strategyFor(settings, name) === testStrategy) {
      doubt(
        `the environment "${name}" looks like production, and ${testStrategy} is AWS's strategy for tests and demos`,
        `set environments.${name}.deploymentStrategy: AppConfig.Linear20PercentEvery6Minutes (30 min, then 30 min of watching)`,
      );
    }
    for (const monitor of environment.monitors ?? []) {
      if (monitor.alarmArn.includes('{tenant}')) continue;
      doubt(
        `the alarm "${monitor.alarmArn}" watches "${name}" of every tenant: when it rings, all of them are rolled back`,
        'give each tenant an alarm of its own, with {tenant} in the ARN',
      );
    }
  }
  return warnings;
}

/** Settings that are understood and checked, and that this version does not carry out. */
export function notYet(settings: Settings): readonly Problem[] {
  const problems: Problem[] = [];
  const refuse = (message: string, hint: string) =>
    problems.push({ code: 'not-yet', severity: 'error', message, hint, source: 'appcfg.yml' });
  if (settings.waves !== undefined) {
    refuse(
      '`waves` are understood, and not carried out by this version',
      'leave them out, and sync one group after the other: appcfg sync --tenant <glob>',
    );
  }
  for (const [name, environment] of settings.environments ?? []) {
    if (environment.roleArn === undefined) continue;
    refuse(
      `environments.${name}.roleArn is understood, and not carried out by this version`,
      `leave it out, and run with credentials of that role: appcfg sync --env ${name}`,
    );
  }
  return problems;
}
