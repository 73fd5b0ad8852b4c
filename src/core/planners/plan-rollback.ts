// What a rollback would do, from AppConfig's history: a function of its arguments.

import {
  assessRollback,
  type GoingBack,
  profileTypeOf,
  type RollbackApplication,
  type RollbackOptions,
  type RollbackVerdict,
} from '../assess/assess-rollback.ts';
import { changesBetween } from '../document/diff-values.ts';
import { createRedactor } from '../document/redact.ts';
import { formatDescription } from '../live/deployment-description.ts';
import { liveValue } from '../live/live-content.ts';
import type { LiveDeployment } from '../live/live-state.ts';
import { tagsOfCreated } from '../live/ownership.ts';
import { type Address, formatAddress } from '../model/address.ts';
import { laneId } from '../model/lane.ts';
import { isInFlight } from '../model/resource.ts';
import { ChangeGroups, changeGroupOf as idOf } from '../plan/change-groups.ts';
import type { Plan, PlannedAddress } from '../plan/plan.ts';
import type { FallbackDeployment, Step, StepId } from '../plan/step.ts';
import type { Problem } from '../problem/problem.ts';
import { strategyFor } from '../settings/deployment-strategies.ts';
import type { Target } from '../settings/effective-settings.ts';
import { type StrategyState, StrategySteps } from './strategy-steps.ts';

/** Everything that the plan of a rollback needs to know about AppConfig. */
export interface RollbackState extends StrategyState {
  readonly applications: readonly RollbackApplication[];
}

export interface RollbackPlanOptions extends RollbackOptions {
  /** In the place of the environment's own. */
  readonly deploymentStrategy: string | undefined;
}

/** The plan that takes back what is asked for. In a lane, what is stopped comes first, then what is waited for, then what is started. */
export function planRollback(state: RollbackState, options: RollbackPlanOptions): Plan {
  const { policy } = options;
  const strategies = new StrategySteps(state, policy);
  const classes = new ChangeGroups();
  const verdicts = state.applications.flatMap((application) =>
    assessRollback(application, options)
      .filter(({ outcome }) => outcome.kind !== 'unconcerned')
      .map((verdict) => ({ application, verdict })),
  );
  const steps: Steps = { stops: [], supersedes: [], awaits: [], starts: [] };
  const problems: Problem[] = [];
  const addresses = verdicts.map(({ application, verdict }) => {
    addSteps(verdict, { application, strategies, options, steps, lanes: verdicts });
    problems.push(...problemsOf(verdict));
    return plannedAddress(verdict, { application, options, classes });
  });
  const allSteps = [...strategies.steps, ...steps.stops, ...steps.supersedes, ...steps.awaits, ...steps.starts];
  return {
    formatVersion: 1,
    kind: 'rollback',
    project: policy.project,
    settingsChanges: [],
    accountRegions: [policy.accountRegion],
    steps: allSteps,
    addresses,
    changeGroups: classes.all(),
    waves: [],
    refusals: [],
    problems,
    expectedMinutes: undefined,
  };
}

/** What deploys the version that a verdict goes back to, where something has to. */
export function strategyOfRollback(
  options: Pick<RollbackPlanOptions, 'deploymentStrategy' | 'policy'>,
  target: Target,
): string {
  return options.deploymentStrategy ?? strategyFor(options.policy.settings, target);
}

interface Steps {
  readonly stops: Step[];
  readonly supersedes: Step[];
  readonly awaits: Step[];
  readonly starts: Step[];
}

interface Around {
  readonly application: RollbackApplication;
  readonly strategies: StrategySteps;
  readonly options: RollbackPlanOptions;
  readonly steps: Steps;
  /** All that is planned, for what else happens in a lane. */
  readonly lanes: readonly { readonly application: RollbackApplication; readonly verdict: RollbackVerdict }[];
}

function addSteps(verdict: RollbackVerdict, around: Around): void {
  const { outcome, environment, profile } = verdict;
  const { application, steps } = around;
  const subject = verdict.address;
  const address = formatAddress(subject);
  const accountRegion = around.options.policy.accountRegion.id;
  const place = { application: application.name, environment: environment.name };
  const lane = laneId(accountRegion, application.name, environment.name);
  if (outcome.kind === 'await') {
    steps.awaits.push({
      id: `AwaitDeployment ${address}`,
      after: [],
      reason: 'it is running already',
      subject,
      accountRegion,
      lane,
      operation: 'AwaitDeployment',
      ...place,
      configurationProfile: profile.name,
      deploymentNumber: outcome.deployment.number,
      numbers: outcome.deployment.strategy,
      startedAt: outcome.deployment.startedAt,
    });
  }
  if (outcome.kind !== 'back') return;
  const start = startOf(verdict, outcome, around);
  let last: StepId | undefined;
  for (const deployment of outcome.undo) {
    const isLast = deployment === outcome.undo.at(-1);
    const id = `StopDeployment ${address} ${deployment.number}`;
    steps.stops.push({
      id,
      after: last === undefined ? [] : [last],
      reason: undoReason(deployment, outcome),
      subject,
      accountRegion,
      lane,
      operation: 'StopDeployment',
      ...place,
      deploymentNumber: deployment.number,
      inFavourOf: undefined,
      rollsBack: {
        configurationProfile: profile.name,
        state: deployment.state,
        versionNumber: outcome.start?.needed || !isLast ? undefined : outcome.to?.number,
        fallback: isLast && outcome.start?.needed === false ? start : undefined,
      },
    });
    last = id;
  }
  if (outcome.start?.needed !== true || start === undefined) return;
  const strategy = around.strategies.stepFor(start.deploymentStrategy);
  addSuperseding(verdict, start, around);
  steps.starts.push({
    id: `StartDeployment ${address}`,
    after: [last, strategy].filter((step) => step !== undefined),
    reason: `it goes back to version ${outcome.to?.number}`,
    subject,
    accountRegion,
    lane,
    operation: 'StartDeployment',
    ...place,
    configurationProfile: profile.name,
    ...start,
    replaces: newestOf(verdict),
  });
}

function undoReason(deployment: LiveDeployment, { start, to }: GoingBack): string {
  const done = deployment.state === 'COMPLETE' ? 'reverted' : 'stopped';
  if (start?.needed === true || to === undefined) return `deployment ${deployment.number} is ${done}`;
  return `deployment ${deployment.number} is ${done}, and version ${to.number} is live again`;
}

function startOf(verdict: RollbackVerdict, outcome: GoingBack, around: Around): FallbackDeployment | undefined {
  const { to, start } = outcome;
  if (to === undefined || start === undefined) return undefined;
  const { policy } = around.options;
  const deploymentStrategy = strategyOfRollback(around.options, verdict.address);
  return {
    profileType: profileTypeOf(verdict.profile),
    versionLabel: to.label ?? String(to.number),
    deploymentStrategy,
    numbers: around.strategies.numbersOf(deploymentStrategy),
    description: formatDescription({ ...start.provenance, project: policy.project }),
    tags: tagsOfCreated(policy.project, policy.settings.tags),
  };
}

/** Stops what of another profile keeps the lane busy, where `--supersede` says so. */
function addSuperseding(verdict: RollbackVerdict, start: FallbackDeployment, around: Around): void {
  const { address, environment, profile } = verdict;
  const { application, steps } = around;
  const busy = environment.deployments.find((row) => isInFlight(row.state));
  if (!around.options.policy.supersede || busy === undefined || busy.state === 'ROLLING_BACK') return;
  const isDealtWith = around.lanes.some(
    ({ verdict: { environment: other, outcome } }) =>
      other === environment &&
      ((outcome.kind === 'await' && outcome.deployment.number === busy.number) ||
        (outcome.kind === 'back' && outcome.undo.some(({ number }) => number === busy.number))),
  );
  const subject = { tenant: address.tenant, environment: address.environment };
  const accountRegion = around.options.policy.accountRegion.id;
  const id = `StopDeployment ${formatAddress(subject)} ${busy.number}`;
  if (isDealtWith || steps.supersedes.some((step) => step.id === id)) return;
  steps.supersedes.push({
    id,
    after: [],
    reason: '--supersede',
    subject,
    accountRegion,
    lane: laneId(accountRegion, application.name, environment.name),
    operation: 'StopDeployment',
    application: application.name,
    environment: environment.name,
    deploymentNumber: busy.number,
    inFavourOf: {
      configurationProfile: profile.name,
      profileType: start.profileType,
      versionLabel: start.versionLabel,
    },
  });
}

function newestOf({ environment, profile }: RollbackVerdict): number {
  return environment.deployments.find((row) => row.profileId === profile.id)?.number ?? 0;
}

function problemsOf({ address, environment, outcome }: RollbackVerdict): readonly Problem[] {
  if (outcome.kind === 'blocked') return [outcome.problem];
  if (outcome.kind === 'unchanged') return outcome.warning === undefined ? [] : [outcome.warning];
  if (outcome.kind !== 'back' || outcome.start?.needed !== true || environment.monitors.length === 0) return [];
  return [
    {
      code: 'rollback-alarm-active',
      severity: 'warning',
      message: `an alarm of "${environment.name}" that is still on rolls this deployment back, too`,
      hint: {
        text: 'AppConfig heeds alarms with every deployment (not with a revert); take a false one off the environment first',
      },
      subject: address,
    },
  ];
}

function plannedAddress(
  verdict: RollbackVerdict,
  about: {
    readonly application: RollbackApplication;
    readonly options: RollbackPlanOptions;
    readonly classes: ChangeGroups;
  },
): PlannedAddress {
  const { application, options, classes } = about;
  const { live, outcome, environment } = verdict;
  const { address } = verdict;
  const to = outcome.kind === 'back' ? outcome.to : undefined;
  return {
    address,
    accountRegion: options.policy.accountRegion.id,
    application: application.name,
    environment: environment.name,
    action: actionOf(outcome.kind),
    changeGroup:
      outcome.kind === 'back' ? changeClassOf(verdict, outcome, { address, application, options, classes }) : undefined,
    live:
      live === undefined
        ? undefined
        : { versionNumber: live.versionNumber, versionLabel: live.versionLabel, since: live.completedAt },
    desired:
      to === undefined
        ? undefined
        : { versionLabel: to.label, bytes: Buffer.byteLength(to.text ?? ''), versionNumber: to.number },
    deploymentStrategy:
      outcome.kind === 'back' && outcome.start?.needed === true
        ? strategyOfRollback(options, verdict.address)
        : undefined,
    reason: reasonOf(verdict),
    blockedBy: outcome.kind === 'blocked' ? outcome.problem : undefined,
  };
}

function actionOf(kind: RollbackVerdict['outcome']['kind']): PlannedAddress['action'] {
  switch (kind) {
    case 'back':
      return 'update';
    case 'await':
    case 'blocked':
      return kind;
    case 'unchanged':
    case 'unconcerned':
    case 'open':
      return 'unchanged';
    default:
      return kind satisfies never;
  }
}

function reasonOf({ outcome }: RollbackVerdict): string {
  switch (outcome.kind) {
    case 'back': {
      const undone = outcome.undo.map(
        (row) => `deployment ${row.number} is ${row.state === 'COMPLETE' ? 'reverted' : 'stopped'}`,
      );
      const then =
        outcome.to === undefined
          ? 'nothing is live then'
          : outcome.start?.needed === true
            ? `version ${outcome.to.number} is deployed again`
            : `version ${outcome.to.number} is live again`;
      return [...undone, then].join(', ');
    }
    case 'await':
      return `deployment ${outcome.deployment.number} goes back to version ${outcome.deployment.versionNumber} already`;
    case 'blocked':
      return outcome.problem.message;
    case 'unchanged':
      return outcome.reason;
    case 'unconcerned':
    case 'open':
      return 'not known yet';
    default:
      return outcome satisfies never;
  }
}

const nothing: readonly string[] = [];

function changeClassOf(
  { profile }: RollbackVerdict,
  { from, to }: GoingBack,
  about: {
    readonly address: Address;
    readonly application: RollbackApplication;
    readonly options: RollbackPlanOptions;
    readonly classes: ChangeGroups;
  },
): string {
  const { address, application, options, classes } = about;
  const version =
    from && application.facts.get({ kind: 'version', profileId: profile.id, versionNumber: from.versionNumber });
  const parsed = (text: string | undefined) =>
    text === undefined ? undefined : liveValue(text, profileTypeOf(profile));
  const before = parsed(version === undefined || version === 'missing' ? undefined : version.text);
  const after = parsed(to?.text);
  // Where one of them cannot be read, nobody can tell what changes.
  const isTold = before !== undefined && (after !== undefined || to === undefined);
  const changesShown = (redacted: readonly string[]) =>
    isTold ? changesBetween(before, after, { redact: createRedactor(redacted) }) : [];
  const id = idOf({
    configurationProfile: profile.name,
    versionLabel: to?.label ?? `${application.id} ${profile.id} ${to?.number}`,
    changes: changesShown(nothing),
  });
  classes.add(id, address, changesShown(options.policy.settings.redact));
  return id;
}
