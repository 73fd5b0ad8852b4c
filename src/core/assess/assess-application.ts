// Looks at one application, desired beside live, and says what each address needs. Asks for facts where the lists do
// not tell; as long as facts are wanted, the answer is preliminary. Both the reader (which fact next?) and the planner
// (what now?) call it, so they cannot disagree.
import { type Change, changesBetween } from '../document/diff-values.ts';
import { createRedactor } from '../document/redact.ts';
import { accountProblem } from '../guards/account.ts';
import type { Surroundings } from '../guards/guards.ts';
import { newerProblem } from '../guards/newer.ts';
import { judgeOwner } from '../guards/owner.ts';
import { rolledBackProblem } from '../guards/rolled-back.ts';
import { shrinkProblem } from '../guards/shrink.ts';
import type { Facts } from '../live/facts.ts';
import { carries, desiredValue, liveValue } from '../live/live-content.ts';
import type { LiveApplication, LiveDeployment, LiveEnvironment, LiveProfile } from '../live/live-state.ts';
import { describedProject, isDescribedAsManaged } from '../live/ownership.ts';
import { filled } from '../model/application-name.ts';
import { isAppcfgLabel } from '../model/content.ts';
import type { DesiredApplication, DesiredConfiguration, DesiredEnvironment } from '../model/desired-state.ts';
import { isInFlight, type Monitor } from '../model/resource.ts';
import { changeGroupOf } from '../plan/change-groups.ts';
import type { Problem } from '../problem/problem.ts';
import { monitorsOf } from '../settings/effective-settings.ts';
import type { Policy } from '../settings/policy.ts';
import { orphanedEnvironments, orphanedProfiles } from './orphans.ts';

export interface ApplicationAssessment {
  /** `not needed`: nothing changes, so nobody asked. */
  readonly ownership: 'new' | 'ours' | 'adopt' | 'blocked' | 'not needed';
  /** Parts of it that belong to nobody are to be tagged: it is adopted now, or was in part. */
  readonly takesOver: boolean;
  readonly environments: readonly EnvironmentAssessment[];
  readonly verdicts: readonly Verdict[];
  /** Environments of ours that the tree no longer has. */
  readonly orphanedEnvironments: readonly string[];
  /** Profiles of ours that the tree no longer has. */
  readonly orphanedProfiles: readonly string[];
  readonly warnings: readonly Problem[];
}

export interface EnvironmentAssessment {
  readonly name: string;
  readonly live: LiveEnvironment | undefined;
  /** Undefined: monitors are not managed. */
  readonly monitors: readonly Monitor[] | undefined;
  readonly monitorsDiffer: boolean;
  /** True where nothing of it may be written: another account's, or its application is somebody else's. */
  readonly blocked: boolean;
}

export interface Verdict {
  readonly desired: DesiredConfiguration;
  readonly action: 'create' | 'update' | 'adopt' | 'await' | 'unchanged' | 'blocked';
  readonly reason: string;
  readonly blockedBy: Problem | undefined;
  readonly profile: LiveProfile | undefined;
  readonly completed: LiveDeployment | undefined;
  /** The running deployment of the wanted content, where the action is to wait for it. */
  readonly awaits: LiveDeployment | undefined;
  /** Where the content changes: how, as it may be shown. */
  readonly changes: readonly Change[] | undefined;
  /** Id of what the change is alike, also of one that is on its way. */
  readonly changeGroup: string | undefined;
  /** Number of the deployment of the wanted content that AppConfig rolled back, where that is what blocks it. */
  readonly rolledBack: number | undefined;
  /** What is live there is the desired content, whatever the action. */
  readonly isLive: boolean;
  /** The version with the desired label exists already. */
  readonly versionExists: boolean;
}

/** @param live undefined where AppConfig has no application of that name. */
export function assessApplication(
  desired: DesiredApplication,
  live: { readonly application: LiveApplication; readonly facts: Facts } | undefined,
  policy: Policy,
): ApplicationAssessment {
  if (live === undefined) return assessNewApplication(desired, policy);
  const { application, facts } = live;
  const warnings: Problem[] = [];
  const environments = desired.environments.map((environment) =>
    assessEnvironment(desired, environment, application.environments.get(environment.name), policy),
  );
  let verdicts = desired.environments.flatMap((environment) => {
    const place = accountProblem(desired, environment.name, policy);
    return environment.configurations.map((configuration) =>
      place === undefined
        ? assessConfiguration(configuration, { application, facts, policy, warnings })
        : blocked(configuration, place),
    );
  });

  const changesSomething =
    verdicts.some((v) => v.action === 'create' || v.action === 'update') ||
    environments.some((e) => !e.blocked && (e.live === undefined || e.monitorsDiffer));
  const servesForeignVersion = verdicts.some(
    (v) => servedBy(v) !== undefined && !isAppcfgLabel(servedBy(v)?.versionLabel),
  );
  const hinted = isDescribedAsManaged(application.description, policy.project);
  let ownership: ApplicationAssessment['ownership'] = 'not needed';
  let takesOver = false;
  const theirs = describedProject(application.description);
  const looksForeign = theirs !== undefined && theirs !== policy.project;
  if (changesSomething || looksForeign || (servesForeignVersion && !hinted)) {
    const tags = facts.get({ kind: 'tags' });
    if (tags !== undefined) {
      const verdict = judgeOwner(desired, tags, policy);
      ownership = verdict.ownership;
      if (verdict.problem !== undefined) {
        const problem = verdict.problem;
        verdicts = verdicts.map((v) => blocked(v.desired, problem, v));
      } else if (ownership === 'adopt') {
        takesOver = true;
        wantTagsOfParts(
          verdicts.map((v) => v.desired),
          application,
          facts,
        );
        verdicts = verdicts.map((v) =>
          v.action === 'unchanged' ? { ...v, action: 'adopt', reason: 'live content is taken over as it is' } : v,
        );
      } else if (verdict.adopted && changesSomething) {
        // An adoption of some environments only leaves the others for when they are used.
        takesOver = true;
        wantTagsOfParts(
          verdicts.filter((v) => v.action === 'create' || v.action === 'update').map((v) => v.desired),
          application,
          facts,
        );
        for (const { live: watched, monitorsDiffer } of environments) {
          if (watched !== undefined && monitorsDiffer) facts.get({ kind: 'tags', environmentId: watched.id });
        }
      }
    }
  }
  return {
    ownership,
    takesOver,
    environments: ownership === 'blocked' ? environments.map((e) => ({ ...e, blocked: true })) : environments,
    verdicts,
    orphanedEnvironments: policy.selective ? [] : orphanedEnvironments(desired, application, policy),
    orphanedProfiles: policy.selective ? [] : orphanedProfiles(desired, application),
    warnings,
  };
}

function assessNewApplication(desired: DesiredApplication, policy: Policy): ApplicationAssessment {
  const environments = desired.environments.map((environment) =>
    assessEnvironment(desired, environment, undefined, policy),
  );
  const verdicts = desired.environments.flatMap((environment) => {
    const place = accountProblem(desired, environment.name, policy);
    return environment.configurations.map((configuration) =>
      place === undefined ? created(configuration, policy) : blocked(configuration, place),
    );
  });
  return {
    ownership: 'new',
    takesOver: false,
    environments,
    verdicts,
    orphanedEnvironments: [],
    orphanedProfiles: [],
    warnings: [],
  };
}

function assessEnvironment(
  desired: DesiredApplication,
  environment: DesiredEnvironment,
  live: LiveEnvironment | undefined,
  policy: Policy,
): EnvironmentAssessment {
  const monitors = monitorsFor(desired, environment.name, policy);
  return {
    name: environment.name,
    live,
    monitors,
    monitorsDiffer: live !== undefined && monitors !== undefined && !sameMonitors(monitors, live.monitors),
    blocked: accountProblem(desired, environment.name, policy) !== undefined,
  };
}

/** The alarms that shall watch an environment, placeholders filled in; undefined where the settings say nothing of them. */
function monitorsFor(
  application: DesiredApplication,
  environment: string,
  policy: Policy,
): readonly Monitor[] | undefined {
  const fill = (pattern: string) =>
    filled(pattern, {
      tenant: application.tenant,
      environment,
      account: policy.accountRegion.account,
      region: policy.accountRegion.region,
    });
  return monitorsOf(policy.settings, { tenant: application.tenant, environment })?.map((monitor) => ({
    alarmArn: fill(monitor.alarmArn),
    alarmRoleArn: fill(monitor.alarmRoleArn),
  }));
}

function sameMonitors(a: readonly Monitor[], b: readonly Monitor[]): boolean {
  const keys = (monitors: readonly Monitor[]) =>
    monitors
      .map((m) => `${m.alarmArn} ${m.alarmRoleArn}`)
      .sort()
      .join('\n');
  return keys(a) === keys(b);
}

function assessConfiguration(desired: DesiredConfiguration, around: Surroundings): Verdict {
  const { application, policy } = around;
  const environment = application.environments.get(desired.address.environment);
  const profile = application.configurationProfiles.get(desired.address.configurationProfile);
  if (profile !== undefined) {
    const problem = profileProblem(desired, profile);
    if (problem !== undefined) return blocked(desired, problem);
  }
  const history = profile && environment?.histories.get(profile.id);
  if (environment === undefined || profile === undefined || history === undefined) {
    return { ...created(desired, policy), profile, versionExists: labelExists(desired, profile, around) };
  }
  const { newest, completed } = history;
  const base = {
    desired,
    profile,
    completed,
    awaits: undefined,
    changes: undefined,
    changeGroup: undefined,
    rolledBack: undefined,
    isLive: false,
    versionExists: true,
  };
  const coming = isInFlight(newest.state) && newest.state !== 'ROLLING_BACK' ? newest : undefined;
  const served = coming ?? completed;
  const same = served === undefined ? false : carries(served, desired, around.facts);
  if (same === undefined) return { ...base, action: 'unchanged', reason: 'not known yet', blockedBy: undefined };
  if (same && coming !== undefined) {
    return {
      ...base,
      action: 'await',
      reason: `deployment ${coming.number} of this content is running`,
      blockedBy: undefined,
      awaits: coming,
      changeGroup: changeFrom(desired, profile, completed, around).changeGroup,
    };
  }
  if (same) return { ...base, action: 'unchanged', reason: 'live', blockedBy: undefined, isLive: true };

  const rolledBack = rolledBackProblem(desired, environment, history, around);
  const refused =
    rolledBack?.problem ??
    newerProblem(desired, environment, history, around) ??
    shrinkProblem(desired, profile, completed, around);
  const change = changeFrom(desired, profile, served, around);
  const versionExists = labelExists(desired, profile, around);
  if (refused !== undefined) {
    const because = { reason: refused.message, blockedBy: refused, rolledBack: rolledBack?.byAppConfig };
    return { ...base, action: 'blocked', ...because, ...change, versionExists };
  }
  return {
    ...base,
    action: completed === undefined ? 'create' : 'update',
    reason: coming !== undefined ? `deployment ${coming.number} of other content is running` : 'content differs',
    blockedBy: undefined,
    ...change,
    versionExists,
  };
}

function created(desired: DesiredConfiguration, policy: Policy): Verdict {
  return {
    desired,
    action: 'create',
    reason: 'not in AppConfig yet',
    blockedBy: undefined,
    profile: undefined,
    completed: undefined,
    awaits: undefined,
    ...newContent(desired, policy),
    rolledBack: undefined,
    isLive: false,
    versionExists: false,
  };
}

function blocked(desired: DesiredConfiguration, problem: Problem, verdict?: Verdict): Verdict {
  const subject = problem.subject ?? desired.address;
  return {
    desired,
    action: 'blocked',
    reason: problem.message,
    blockedBy: { ...problem, subject },
    profile: verdict?.profile,
    completed: verdict?.completed,
    awaits: undefined,
    changes: verdict?.changes,
    changeGroup: verdict?.changeGroup,
    rolledBack: undefined,
    isLive: verdict?.isLive ?? false,
    versionExists: verdict?.versionExists ?? false,
  };
}

/** A profile of the wanted name that cannot hold what the tree wants. Neither type nor location of a profile can be changed. */
function profileProblem(desired: DesiredConfiguration, profile: LiveProfile): Problem | undefined {
  const found =
    profile.locationUri !== 'hosted'
      ? `takes its content from ${profile.locationUri}, not from hosted versions`
      : profile.type !== desired.profileType
        ? `is of type ${profile.type}, and the tree wants ${desired.profileType}`
        : undefined;
  if (found === undefined) return undefined;
  return {
    code: 'guard-owner',
    severity: 'error',
    message: `the configuration profile "${profile.name}" (${profile.id}) ${found}`,
    hint: {
      text: `give the profile another name in the tree, or delete it in AppConfig${profile.locationUri === 'hosted' ? `, or set profiles.${profile.name}.type in appcfg.yml` : ''}`,
    },
    subject: desired.address,
  };
}

type ContentChange = Pick<Verdict, 'changes' | 'changeGroup'>;

function changeFrom(
  desired: DesiredConfiguration,
  profile: LiveProfile,
  served: LiveDeployment | undefined,
  around: Surroundings,
): ContentChange {
  if (served === undefined) return newContent(desired, around.policy);
  const version = around.facts.get({ kind: 'version', profileId: profile.id, versionNumber: served.versionNumber });
  const before =
    version === undefined || version === 'missing' ? undefined : liveValue(version.text, desired.profileType);
  if (before === undefined) return { changes: [], changeGroup: classOf(desired, []) };
  const after = desiredValue(desired);
  const redact = createRedactor(around.policy.settings.redact);
  const changes = changesBetween(before, after, { redact });
  const asTheyAre = redact.active ? changesBetween(before, after, { redact: nothingRedacted }) : changes;
  return { changes, changeGroup: classOf(desired, asTheyAre) };
}

function newContent(desired: DesiredConfiguration, policy: Policy): ContentChange {
  const redact = createRedactor(policy.settings.redact);
  return {
    changes: changesBetween(undefined, desiredValue(desired), { redact }),
    changeGroup: classOf(desired, 'new'),
  };
}

const nothingRedacted = createRedactor([]);

function classOf({ address, content }: DesiredConfiguration, changes: readonly Change[] | 'new'): string {
  const { configurationProfile } = address;
  return changeGroupOf({ configurationProfile, versionLabel: content.versionLabel, changes });
}

/** Whether the profile holds the desired version already; asked only where some environment has deployed it, so promoting creates nothing. */
function labelExists(desired: DesiredConfiguration, profile: LiveProfile | undefined, around: Surroundings): boolean {
  if (profile === undefined) return false;
  const { versionLabel } = desired.content;
  const seen = [...around.application.environments.values()].some((environment) => {
    const history = environment.histories.get(profile.id);
    return (
      history !== undefined &&
      [history.newest, history.completed, ...history.rolledBack].some((d) => d?.versionLabel === versionLabel)
    );
  });
  if (!seen) return false;
  const number = around.facts.get({ kind: 'label', profileId: profile.id, versionLabel });
  return number !== undefined && number !== 'missing';
}

function servedBy(verdict: Verdict): LiveDeployment | undefined {
  return verdict.action === 'unchanged' || verdict.action === 'await'
    ? (verdict.awaits ?? verdict.completed)
    : undefined;
}

/** Asks whose the environments and profiles are that some configurations use. */
function wantTagsOfParts(
  configurations: readonly DesiredConfiguration[],
  application: LiveApplication,
  facts: Facts,
): void {
  for (const { address } of configurations) {
    const environment = application.environments.get(address.environment);
    const profile = application.configurationProfiles.get(address.configurationProfile);
    if (environment !== undefined) facts.get({ kind: 'tags', environmentId: environment.id });
    if (profile !== undefined) facts.get({ kind: 'tags', profileId: profile.id });
  }
}
