// A plan as people read it: what changes at each address, what is blocked and why, and a line that sums it up.

import { partition } from 'es-toolkit/array/partition';
import { sortBy } from 'es-toolkit/array/sortBy';
import { ignored } from '../../core/events/event-handlers.ts';
import { owner } from '../../core/guards/owner.ts';
import { driftText } from '../../core/live/drifted-deployment.ts';
import { groupMap } from '../../core/model/groups-by.ts';
import type { StrategyNumbers } from '../../core/model/resource.ts';
import type { AddressAction, Plan, PlannedAddress } from '../../core/plan/plan.ts';
import type { StepOf } from '../../core/plan/step.ts';
import { handleStep, type StepHandlers } from '../../core/plan/step-handlers.ts';
import { count, number } from '../../core/problem/quantity.ts';
import type { Review } from '../../core/review/review.ts';
import { fitsOnScreen, reviewParts, reviewScreen, rolloutSection } from '../review/review-text.ts';
import { accountRegionText, addressText, locatedText } from '../style/address-text.ts';
import { changeRows, signIndent } from '../style/changes.ts';
import { cut, wrapped } from '../style/columns.ts';
import { visible } from '../style/escape.ts';
import { namedRows } from '../style/named-rows.ts';
import { minutes } from '../style/quantities.ts';
import { firstOf, someOf } from '../style/shortened.ts';
import type { TextOptions } from '../style/text-options.ts';
import { addressesWith } from '../view/plan-summary.ts';
import {
  type ChangeGroupView,
  changeGroupViews,
  deletedBy,
  deletions,
  type Located,
  locatedIn,
  partsByAccountRegion,
  prunedProfiles,
  type WaveView,
  waveViews,
} from '../view/plan-view.ts';
import { withoutComingAndGoing } from '../view/review-view.ts';
import { summaryLine, summaryParts } from './plan-summary.ts';

/** Shown without -v. */
const mostChanges = 40;
const mostGroups = 60;
const mostAddresses = 20;
/** Named in one line. */
const mostNamed = 20;

export function planText(plan: Plan, review: Review | undefined, options: TextOptions): string {
  const summary = `${options.style.strong(wrapped(summaryLine(plan), options.width))}\n`;
  const all = planSections(plan, review, options).join('\n');
  const isWhole =
    review === undefined || plan.kind !== 'comparison' || isOfOneTenant(plan) || options.full || options.verbose;
  if (!isWhole && !fitsOnScreen(all)) return reviewScreen(review, plan, options);
  return `${all}${all === '' ? '' : '\n'}${summary}`;
}

/** Then it is the view of that tenant. */
function isOfOneTenant({ addresses }: Plan): boolean {
  return new Set(addresses.map(({ address }) => address.tenant)).size < 2;
}

/** The plan without the line that sums it up. Each section ends with a line break. */
export function planSections(plan: Plan, review: Review | undefined, options: TextOptions): readonly string[] {
  return [
    ...(review === undefined ? [] : reviewParts(review, plan, options)),
    ...changeGroupSections(review === undefined ? plan : withoutComingAndGoing(plan, review), options),
    ...otherSections(plan, options),
    ...wavesSection(plan, options),
    ...(review === undefined ? [] : rolloutSection(review, options)),
  ];
}

/** Everything but what changes in contents, and its rollout. */
export function otherSections(plan: Plan, options: TextOptions): readonly string[] {
  const { kind } = plan;
  const located = locatedIn(plan);
  return [
    ...(kind === 'cleanup' ? [] : updatesSection(plan, options)),
    ...(kind === 'comparison'
      ? namesSection(elsewhere(plan).map(located), addresses('of another application'), options)
      : []),
    ...namesSection(addressesWith(plan, 'adopt').map(located), addresses('to adopt without a deployment'), options),
    ...(kind === 'rollback'
      ? []
      : namesSection(addressesWith(plan, 'await').map(located), addresses('already deploying this content'), options)),
    ...blockedSection(plan, options),
    ...driftSection(plan, options),
    ...orphanedSections(plan, options),
    ...deletions.flatMap((operation) => namesSection(deletedBy(operation, plan), deletionTitles[operation], options)),
    ...prunedSection(plan, options),
    ...(kind === 'rollback' ? rollbackSection(plan, options) : []),
    ...accountRegionsSection(plan, options),
  ];
}

/** Whose content two revisions give to different applications. */
function elsewhere(plan: Plan): readonly PlannedAddress[] {
  return addressesWith(plan, 'update').filter(({ changeGroup }) => changeGroup === undefined);
}

/** Whole tenants apart from parts of a tenant that is still there. */
function orphanedSections(plan: Plan, options: TextOptions): readonly string[] {
  const located = locatedIn(plan);
  const isTenant = ({ address }: PlannedAddress) =>
    address.environment === undefined && address.configurationProfile === undefined;
  const [tenants, parts] = partition(addressesWith(plan, 'orphaned'), isTenant);
  const gone = 'no longer in the tree';
  return [
    ...namesSection(tenants.map(located), [`tenant ${gone}`, `tenants ${gone}`], options),
    ...namesSection(
      parts.map(located),
      [`environment or profile ${gone}`, `environments and profiles ${gone}`],
      options,
    ),
  ];
}

function changeGroupSections(plan: Plan, options: TextOptions): readonly string[] {
  // The largest first.
  const groups = sortBy(changeGroupViews(plan), [({ addresses: number }) => -number]);
  const { shown, more } = firstOf(groups, options.verbose ? groups.length : mostGroups, 'change group');
  return [...shown.map((group) => changeGroupLines(group, options)), ...more.map((line) => [line])].flatMap(section);
}

function changeGroupLines(group: ChangeGroupView, options: TextOptions): readonly string[] {
  const { style, width, verbose } = options;
  const { first, others, addresses: all, blocked, drifted } = group;
  const markOf = (some: number, how: string) =>
    some === 0 ? '' : all === 1 ? `  ${how}` : `  ${number(some)} of ${number(all)} ${how}`;
  const mark = markOf(blocked, 'blocked') + markOf(drifted, 'drifted');
  return [
    style.strong(addressText(first.subject)) + style.faint(accountRegionText(first)) + style.error(mark),
    ...others.map(({ accountRegion, addresses: names }) => {
      const where = accountRegionText({ accountRegion });
      const named = someOf(
        names.map((address) => addressText(address)),
        mostNamed,
      );
      const text = `  and ${number(names.length)} more with the same change${where}: ${named}`;
      return style.faint(verbose ? text : cut(text, width));
    }),
    ...contentLines(group, options),
  ];
}

function contentLines({ what, bytes, changes }: ChangeGroupView, options: TextOptions): readonly string[] {
  const { style, verbose } = options;
  const indent = signIndent(options);
  if (what === 'new' && !verbose)
    return [
      style.added(
        `${indent}+ new, ${bytes === undefined ? 'with redacted values: its size is hidden' : count(bytes, 'byte')}`,
      ),
    ];
  if (what === 'removed' && !verbose) return [style.removed(`${indent}- removed`)];
  if (changes.length === 0)
    return [
      style.changed(
        `${indent}~ content differs (the live version was deleted, or is neither valid JSON nor valid YAML)`,
      ),
    ];
  const { shown, more } = firstOf(changes, verbose ? changes.length : mostChanges, 'change');
  return [...changeRows(shown, options), ...more.map((line) => style.faint(`  ${line}`))];
}

/** Changes of other things than content: alarms of environments, strategies, deployments that are stopped. */
function updatesSection(plan: Plan, { style }: TextOptions): readonly string[] {
  const located = locatedIn(plan);
  const rows = plan.steps.flatMap((step) => {
    const text = handleStep(updateTexts, step);
    const sign = step.operation.startsWith('Create') ? style.added('+') : style.changed('~');
    return text === undefined ? [] : [`${sign} ${locatedText(located(step))}  ${visible(text)}`];
  });
  return rows.length === 0 ? [] : section(rows);
}

const updateTexts: StepHandlers<string | undefined> = {
  UpdateEnvironment: ({ monitors }) =>
    monitors.length === 0
      ? 'will no longer be monitored by an alarm'
      : `will be monitored by ${monitors.map(({ alarmArn }) => alarmArn).join(', ')}`,
  UpdateConfigurationProfile: (step) => profileText(step),
  CreateDeploymentStrategy: ({ numbers }) => strategyText(numbers),
  UpdateDeploymentStrategy: ({ numbers }) => strategyText(numbers),
  // A rollback has a row for each address instead.
  StopDeployment: ({ rollsBack, deploymentNumber }) =>
    rollsBack === undefined ? `deployment ${deploymentNumber} will be stopped` : undefined,
  ...ignored('CreateApplication', 'UpdateApplication', 'TagResource', 'CreateEnvironment'),
  ...ignored('CreateConfigurationProfile', 'CreateHostedConfigurationVersion', 'StartDeployment', 'AwaitDeployment'),
  ...ignored(
    'ValidateConfiguration',
    'DeleteHostedConfigurationVersion',
    'DeleteEnvironment',
    'DeleteConfigurationProfile',
  ),
  ...ignored('DeleteApplication', 'DeleteDeploymentStrategy'),
};

function profileText({ kmsKey, validators }: StepOf<'UpdateConfigurationProfile'>): string {
  const texts = [
    kmsKey === undefined
      ? undefined
      : kmsKey === ''
        ? 'will no longer encrypt new versions with a KMS key'
        : `will encrypt new versions with ${kmsKey}`,
    validators === undefined
      ? undefined
      : validators.length === 0
        ? 'will have no validators'
        : `will be validated by ${validators.map(({ type, content }) => (type === 'LAMBDA' ? content : 'its schema')).join(' and ')}`,
  ];
  return texts.filter((text) => text !== undefined).join(', and ');
}

function strategyText({ durationMinutes, bakeMinutes, growthFactor, growthType }: StrategyNumbers): string {
  return `${growthType.toLowerCase()}, growth factor ${growthFactor} %, duration ${durationMinutes} min, bake time ${bakeMinutes} min`;
}

/** Blocked addresses without a change to show. The problem of the guard is printed by itself. */
function blockedSection(plan: Plan, options: TextOptions): readonly string[] {
  const blocked = addressesWith(plan, 'blocked').filter(({ changeGroup }) => changeGroup === undefined);
  const whys = groupMap(blocked, ({ blockedBy, reason }) => (blockedBy?.code === owner.code ? `: ${reason}` : ''));
  return [...whys].flatMap(([why, those]) =>
    namesSection(those.map(locatedIn(plan)), addresses(`blocked${visible(why)}`), options),
  );
}

/** What was deployed outside of appcfg, also where it is blocked or overwritten. */
function driftSection(plan: Plan, options: TextOptions): readonly string[] {
  const drifted = plan.addresses.filter(({ drift }) => drift !== undefined);
  if (drifted.length === 0) return [];
  const { style, verbose, width } = options;
  const located = locatedIn(plan);
  const { shown, more } = firstOf(drifted, verbose ? drifted.length : mostAddresses);
  return section([
    style.strong(count(drifted.length, 'address drifted', 'addresses drifted')),
    ...shown.flatMap((planned) => [
      `  ${locatedText(located(planned))}  ${driftEndings[planned.action] ?? 'will be overwritten'}`,
      style.faint(cut(`    ${visible(planned.drift === undefined ? '' : driftText(planned.drift))}`, width)),
    ]),
    ...more.map((line) => style.faint(`  ${line}`)),
  ]);
}

const driftEndings: Partial<Record<AddressAction, string>> = { drifted: 'not overwritten', blocked: 'blocked' };

const deletionTitles = {
  DeleteApplication: [
    'application will be deleted, with everything in it',
    'applications will be deleted, with everything in them',
  ],
  DeleteEnvironment: ['environment will be deleted', 'environments will be deleted'],
  DeleteConfigurationProfile: [
    'profile will be deleted, with its versions',
    'profiles will be deleted, with their versions',
  ],
  DeleteDeploymentStrategy: ['deployment strategy will be deleted', 'deployment strategies will be deleted'],
} as const satisfies Record<(typeof deletions)[number], Title>;

/** Profiles that are kept, and which of their versions are deleted. */
export function prunedSection(plan: Plan, options: TextOptions): readonly string[] {
  const pruned = prunedProfiles(plan);
  if (pruned.length === 0) return [];
  const { style, verbose } = options;
  const { shown, more } = firstOf(pruned, verbose ? pruned.length : mostAddresses, 'profile');
  const versions = pruned.reduce((sum, each) => sum + each.versions.length, 0);
  return section([
    style.strong(count(versions, 'old version will be deleted', 'old versions will be deleted')),
    ...shown.map((each) => `  ${locatedText(each)}  ${versionsText(each.versions)}`),
    ...more.map((line) => style.faint(`  ${line}`)),
  ]);
}

function versionsText(versions: readonly number[]): string {
  const [only] = versions;
  return versions.length === 1 ? `version ${only}` : `versions ${someOf(versions.map(String), mostNamed)}`;
}

/** How each address is rolled back, or why it is not. */
function rollbackSection(plan: Plan, options: TextOptions): readonly string[] {
  const { style, verbose, width } = options;
  const located = locatedIn(plan);
  const rows = plan.addresses.filter(({ action }) => action !== 'blocked');
  if (rows.length === 0) return [];
  const { shown, more } = firstOf(rows, verbose ? rows.length : mostAddresses);
  const lines = shown.map((planned) => {
    const sign = planned.action === 'update' ? style.changed('~') : ' ';
    return `${sign} ${cut(`${locatedText(located(planned))}  ${visible(planned.reason)}`, width - 2)}`;
  });
  return section([...lines, ...more.map((line) => style.faint(`  ${line}`))]);
}

function accountRegionsSection(plan: Plan, { style, width }: TextOptions): readonly string[] {
  const rows = partsByAccountRegion(plan).flatMap(({ id, part }) => {
    const parts = summaryParts(part);
    return parts.length === 0 ? [] : [wrapped(`${style.strong(id)}  ${parts.join(', ')}`, width)];
  });
  return rows.length === 0 ? [] : section(rows);
}

/** The order in which deployments reach the fleet, and what keeps a wave from starting. */
function wavesSection(plan: Plan, options: TextOptions): readonly string[] {
  const waves = waveViews(plan);
  if (waves.length === 0) return [];
  const rows = waves.map((wave) => ({ name: visible(wave.name), text: waveText(wave, options) }));
  return section([options.style.strong(count(waves.length, 'wave')), ...namedRows(rows, options.width)]);
}

function waveText(wave: WaveView, { style }: TextOptions): string {
  const { starts, inFlight, live, blocked, maxFailures, soakMinutes, blockedBy } = wave;
  const isWaiting = starts === 0 && inFlight === 0 && live < wave.addresses - blocked;
  const all = count(wave.addresses, 'address', 'addresses');
  const text = [
    isWaiting ? `${number(live)} of ${all} live` : `${number(starts)} of ${all} to deploy`,
    ...(inFlight === 0 ? [] : [`${number(inFlight)} in flight`]),
    ...(blocked === 0 ? [] : [`${number(blocked)} blocked`]),
    ...(maxFailures === 0 ? [] : [`up to ${number(maxFailures)} may fail`]),
    ...(soakMinutes === 0 ? [] : [`then soaks for ${minutes(soakMinutes)}`]),
  ].join(', ');
  if (blockedBy === undefined) return text;
  return `${text}  ${style.error(`not started: wave "${visible(blockedBy)}" has too many blocked addresses`)}`;
}

type Title = readonly [one: string, many: string];

function addresses(what: string): Title {
  return [`address ${what}`, `addresses ${what}`];
}

function namesSection(names: readonly Located[], [one, many]: Title, options: TextOptions): readonly string[] {
  if (names.length === 0) return [];
  const { style, verbose } = options;
  const { shown, more } = firstOf(names, verbose ? names.length : mostAddresses);
  return section([
    style.strong(count(names.length, one, many)),
    ...shown.map((name) => `  ${locatedText(name)}`),
    ...more.map((line) => style.faint(`  ${line}`)),
  ]);
}

function section(lines: readonly string[]): readonly string[] {
  return [`${lines.join('\n')}\n`];
}
