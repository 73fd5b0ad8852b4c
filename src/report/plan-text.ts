// A plan as people read it: what changes for every address, what is blocked and why, and a line that sums it up.
import type { ChangeGroup, Plan, PlannedAddress } from '../core/plan/plan.ts';
import type { Step } from '../core/plan/step.ts';
import { changeRows } from './change-rows.ts';
import { operationsOf, summaryOf } from './counts.ts';
import { namedRows } from './named-rows.ts';
import { count, cut, number, type Style, wrapped } from './style.ts';
import { visible } from './visible.ts';

export interface TextOptions {
  readonly style: Style;
  /** Columns. */
  readonly width: number;
  readonly verbose: boolean;
}

/** Rows of changes and of classes that are shown without -v. */
const mostChanges = 40;
const mostClasses = 60;
const mostAddresses = 20;
/** Addresses that are named in one line. */
const mostNamed = 20;

export function planText(plan: Plan, options: TextOptions): string {
  const parts = [
    ...settingsText(plan, options),
    ...classTexts(plan, options),
    ...updatesText(plan, options),
    ...listText('adopted as they are', withAction(plan, 'adopt'), options),
    ...(plan.kind === 'rollback' ? [] : listText('running already', withAction(plan, 'await'), options)),
    ...blockedText(plan, options),
    ...listText('no longer in the tree (appcfg cleanup --orphans)', withAction(plan, 'orphaned'), options),
    ...(plan.kind === 'cleanup' ? deletionsText(plan, options) : []),
    ...(plan.kind === 'rollback' ? rollbackText(plan, options) : []),
    ...placesText(plan, options),
    ...wavesText(plan, options),
    `${options.style.strong(wrapped(summaryLine(plan), options.width))}\n`,
  ];
  return parts.join('\n');
}

/** `Plan: 1 version to create, 1 deployment to start, 11 configurations unchanged. About 2 min.` */
export function summaryLine(plan: Plan): string {
  const { unchanged, blocked, expectedMinutes } = summaryOf(plan);
  if (plan.kind === 'comparison') return comparisonLine(plan);
  if (plan.kind === 'rollback') return rollbackLine(plan);
  if (plan.refusals.length > 0) return 'Refused: nothing is done.';
  const created = plan.steps.length;
  if (created === 0 && blocked === 0 && plan.kind === 'sync') {
    const waiting = plan.addresses.length - unchanged - withAction(plan, 'orphaned').length;
    if (waiting > 0) return `Nothing to do in this stage: ${count(waiting, 'configuration')} to deploy in the next.`;
    return `Nothing to do: ${count(unchanged, 'configuration is', 'configurations are')} live as the tree has ${unchanged === 1 ? 'it' : 'them'}.`;
  }
  if (created === 0 && plan.kind === 'cleanup') return 'Nothing to delete.';
  return `Plan: ${summaryParts(plan).join(', ')}.${timeText(expectedMinutes)}`;
}

function summaryParts(plan: Plan): readonly string[] {
  if (plan.kind === 'rollback') return rollbackParts(plan);
  const { unchanged, blocked } = summaryOf(plan);
  return [
    part(operationsOf(plan, 'CreateApplication'), 'application', 'to create'),
    part(operationsOf(plan, 'CreateEnvironment'), 'environment', 'to create'),
    part(operationsOf(plan, 'CreateConfigurationProfile'), 'profile', 'to create'),
    part(operationsOf(plan, 'CreateDeploymentStrategy'), 'deployment strategy', 'to create', 'deployment strategies'),
    part(operationsOf(plan, 'UpdateDeploymentStrategy'), 'deployment strategy', 'to update', 'deployment strategies'),
    part(operationsOf(plan, 'UpdateEnvironment'), 'environment', 'to update'),
    part(operationsOf(plan, 'TagResource'), 'resource', 'to tag'),
    part(operationsOf(plan, 'UpdateApplication'), 'application', 'to describe as ours'),
    part(operationsOf(plan, 'CreateHostedConfigurationVersion'), 'version', 'to create'),
    part(operationsOf(plan, 'StopDeployment'), 'deployment', 'to stop'),
    part(operationsOf(plan, 'StartDeployment'), 'deployment', 'to start'),
    part(operationsOf(plan, 'AwaitDeployment'), 'running deployment', 'to wait for'),
    part(operationsOf(plan, 'DeleteEnvironment'), 'environment', 'to delete'),
    part(operationsOf(plan, 'DeleteHostedConfigurationVersion'), 'version', 'to delete'),
    part(operationsOf(plan, 'DeleteConfigurationProfile'), 'profile', 'to delete'),
    part(operationsOf(plan, 'DeleteApplication'), 'application', 'to delete'),
    part(operationsOf(plan, 'DeleteDeploymentStrategy'), 'deployment strategy', 'to delete', 'deployment strategies'),
    part(blocked, 'configuration', 'blocked'),
    plan.kind === 'sync' ? part(unchanged, 'configuration', 'unchanged') : undefined,
  ].filter((text) => text !== undefined);
}

function timeText(expectedMinutes: number | undefined): string {
  return expectedMinutes === undefined || expectedMinutes < 0.5 ? '' : ` About ${minutesText(expectedMinutes)}.`;
}

function rollbackLine(plan: Plan): string {
  const parts = summaryParts(plan);
  if (plan.steps.length + summaryOf(plan).blocked > 0)
    return `Rollback: ${parts.join(', ')}.${timeText(plan.expectedMinutes)}`;
  return parts.length === 0
    ? 'Nothing to roll back: no address that was looked at has it live or in flight.'
    : `Nothing to roll back: ${parts.join(', ')}.`;
}

function rollbackParts(plan: Plan): readonly string[] {
  const { unchanged, blocked } = summaryOf(plan);
  const stops = plan.steps.filter((step) => step.operation === 'StopDeployment');
  const reverts = stops.filter(({ rollsBack }) => rollsBack?.state === 'COMPLETE').length;
  return [
    part(operationsOf(plan, 'CreateDeploymentStrategy'), 'deployment strategy', 'to create', 'deployment strategies'),
    part(operationsOf(plan, 'UpdateDeploymentStrategy'), 'deployment strategy', 'to update', 'deployment strategies'),
    part(stops.length - reverts, 'deployment', 'to stop'),
    part(reverts, 'deployment', 'to revert'),
    part(operationsOf(plan, 'StartDeployment'), 'earlier version', 'to deploy'),
    part(operationsOf(plan, 'AwaitDeployment'), 'running deployment', 'to wait for'),
    part(blocked, 'configuration', 'blocked'),
    part(unchanged, 'configuration', 'unchanged'),
  ].filter((text) => text !== undefined);
}

/** How each address goes back, or why it does not. */
function rollbackText(plan: Plan, options: TextOptions): readonly string[] {
  const { style, verbose } = options;
  const rows = plan.addresses.filter(({ action }) => action !== 'blocked');
  if (rows.length === 0) return [];
  const shown = verbose ? rows : rows.slice(0, mostAddresses);
  const lines = shown.map((planned) => {
    const { address, action, reason } = planned;
    const sign = action === 'update' ? style.changed('~') : ' ';
    return `${sign} ${cut(`${visible(address)}${whereText(planned)}  ${visible(reason)}`, options.width - 2)}`;
  });
  const hidden = rows.length - shown.length;
  const more = hidden === 0 ? [] : [style.faint(`  … and ${number(hidden)} more; -v or -o json has them all`)];
  return [`${[...lines, ...more].join('\n')}\n`];
}

/** What is done in each account and Region, where there are several. */
function placesText(plan: Plan, options: TextOptions): readonly string[] {
  const rows = (plan.accountRegions ?? []).flatMap(({ id }) => {
    const here = <T extends { readonly accountRegion?: string }>(items: readonly T[]) =>
      items.filter(({ accountRegion }) => accountRegion === id);
    const parts = summaryParts({ ...plan, steps: here(plan.steps), addresses: here(plan.addresses) });
    return parts.length === 0 ? [] : [wrapped(`${options.style.strong(id)}  ${parts.join(', ')}`, options.width)];
  });
  return rows.length === 0 || plan.steps.length === 0 || plan.refusals.length > 0 ? [] : [`${rows.join('\n')}\n`];
}

/** ` in 444455556666/eu-west-1`, where there are several places. */
function whereText({ accountRegion: place }: { readonly accountRegion?: string }): string {
  return place === undefined ? '' : `  in ${place}`;
}

function comparisonLine(plan: Plan): string {
  const { create, update, delete: gone, unchanged } = summaryOf(plan);
  const parts = [
    part(update, 'configuration', 'changed'),
    part(create, 'configuration', 'new'),
    part(gone, 'configuration', 'gone'),
    part(unchanged, 'configuration', 'unchanged'),
  ].filter((text) => text !== undefined);
  return `Compared with the base: ${parts.join(', ') || 'no configurations'}.`;
}

function part(number: number, noun: string, what: string, plural?: string): string | undefined {
  return number === 0 ? undefined : `${count(number, noun, plural)} ${what}`;
}

function minutesText(minutes: number): string {
  const whole = Math.round(minutes);
  return whole < 60 ? `${whole} min` : `${Math.floor(whole / 60)} h${whole % 60 === 0 ? '' : ` ${whole % 60} min`}`;
}

function withAction(plan: Plan, action: PlannedAddress['action']): readonly PlannedAddress[] {
  return plan.addresses.filter((address) => address.action === action);
}

/** A change of whose the things are, or of where they are, comes before everything else. */
function settingsText(plan: Plan, options: TextOptions): readonly string[] {
  if (plan.settingsChanges.length === 0) return [];
  return [`${[options.style.strong('appcfg.yml'), ...changeRows(plan.settingsChanges, options)].join('\n')}\n`];
}

/** Each way of changing once, with the addresses that change so. */
function classTexts(plan: Plan, options: TextOptions): readonly string[] {
  const actions = new Map(plan.addresses.map((address) => [address.address, address]));
  const shown = options.verbose ? plan.changeGroups : plan.changeGroups.slice(0, mostClasses);
  const hidden = plan.changeGroups.length - shown.length;
  return [
    ...shown.map((changeGroup) => classText(changeGroup, actions, options)),
    ...(hidden === 0
      ? []
      : [`… and ${count(hidden, 'more kind of change', 'more kinds of change')}; -v or -o json has them all\n`]),
  ];
}

function classText(
  changeGroup: ChangeGroup,
  addresses: ReadonlyMap<string, PlannedAddress>,
  options: TextOptions,
): string {
  const { style } = options;
  const [first = '', ...others] = changeGroup.addresses;
  const address = addresses.get(first);
  const isNew = address?.action === 'create' && changeGroup.changes.every((change) => change.op === 'add');
  const isGone = address?.action === 'delete';
  const blocked = changeGroup.addresses.filter((each) => addresses.get(each)?.action === 'blocked').length;
  const mark =
    blocked === 0
      ? ''
      : others.length === 0
        ? '  blocked'
        : `  ${number(blocked)} of ${number(others.length + 1)} blocked`;
  const lines = [style.strong(visible(first)) + style.faint(whereText(address ?? {})) + style.error(mark)];
  lines.push(...othersTexts(changeGroup.addresses, addresses, options).map((text) => style.faint(`  ${text}`)));
  if (isNew && !options.verbose) {
    lines.push(style.added(`  + new, ${count(address.desired?.bytes ?? 0, 'byte')}`));
  } else if (isGone && !options.verbose) {
    lines.push(style.removed('  - gone'));
  } else if (changeGroup.changes.length === 0) {
    lines.push(style.changed('  ~ other content (the live version is gone, or cannot be read)'));
  } else {
    const shown = options.verbose ? changeGroup.changes : changeGroup.changes.slice(0, mostChanges);
    lines.push(...changeRows(shown, options));
    const hidden = changeGroup.changes.length - shown.length;
    if (hidden > 0) lines.push(style.faint(`  … and ${count(hidden, 'more change')}; -v or -o json has them all`));
  }
  return `${lines.join('\n')}\n`;
}

/** The others where the first one is, and then those of each other place. */
function othersTexts(
  [first = '', ...others]: readonly string[],
  addresses: ReadonlyMap<string, PlannedAddress>,
  options: TextOptions,
): readonly string[] {
  const here = addresses.get(first)?.accountRegion;
  const byPlace = new Map<string | undefined, string[]>([[here, []]]);
  for (const other of others) {
    const place = addresses.get(other)?.accountRegion;
    const there = byPlace.get(place);
    if (there === undefined) byPlace.set(place, [other]);
    else there.push(other);
  }
  return [...byPlace].flatMap(([place, those]) =>
    those.length === 0 ? [] : [othersText(those, place === here ? '' : ` in ${place}`, options)],
  );
}

function othersText(others: readonly string[], where: string, options: TextOptions): string {
  const text = `and ${count(others.length, 'more', 'more')} in the same way${where}: ${others.slice(0, mostNamed).map(visible).join(', ')}${others.length > mostNamed ? ', …' : ''}`;
  return options.verbose ? text : cut(text, options.width - 2);
}

/** Blocked addresses that have no change to show; their guard's message is told among the problems. */
function blockedText(plan: Plan, options: TextOptions): readonly string[] {
  const blocked = withAction(plan, 'blocked').filter((address) => address.changeGroup === undefined);
  return listText('blocked', blocked, options);
}

/** What changes beside contents: who watches an environment, how strategies proceed, which deployments are stopped. */
function updatesText(plan: Plan, options: TextOptions): readonly string[] {
  const rows = plan.steps.flatMap((step) => {
    const row = updateText(step);
    const sign = step.operation.startsWith('Create') ? options.style.added('+') : options.style.changed('~');
    return row === undefined ? [] : [`${sign} ${visible(step.address)}${whereText(step)}  ${visible(row)}`];
  });
  return rows.length === 0 || plan.kind === 'cleanup' ? [] : [`${rows.join('\n')}\n`];
}

function updateText(step: Step): string | undefined {
  switch (step.operation) {
    case 'UpdateEnvironment':
      return step.monitors.length === 0
        ? 'watched by no alarm any more'
        : `watched by ${step.monitors.map((monitor) => monitor.alarmArn).join(', ')}`;
    case 'CreateDeploymentStrategy':
    case 'UpdateDeploymentStrategy': {
      const { durationMinutes, bakeMinutes, growthFactor, growthType } = step.numbers;
      return `${growthType === 'LINEAR' ? 'linear' : 'exponential'}, ${growthFactor} % at a time over ${durationMinutes} min, then watched for ${bakeMinutes} min`;
    }
    case 'StopDeployment':
      // A rollback tells of each address how it goes back.
      return step.rollsBack === undefined ? `deployment ${step.deploymentNumber} is stopped` : undefined;
    default:
      return undefined;
  }
}

/** The order in which deployments reach the fleet, and what keeps a wave from beginning at all. */
function wavesText(plan: Plan, options: TextOptions): readonly string[] {
  const { waves, steps } = plan;
  if (waves.length === 0 || !steps.some((step) => step.wave !== undefined)) return [];
  const rows = waves.map((wave, index) => {
    const own = steps.filter((step) => step.wave === wave.name);
    const starts = own.filter(({ operation }) => operation === 'StartDeployment').length;
    const running = own.filter(({ operation }) => operation === 'AwaitDeployment').length;
    const over = waves.slice(0, index).find(({ blocked, maxFailures }) => blocked > maxFailures);
    const toDo =
      starts === 0 && running === 0 && wave.live < wave.addresses - wave.blocked
        ? `${number(wave.live)} of ${count(wave.addresses, 'address', 'addresses')} live`
        : `${number(starts)} of ${count(wave.addresses, 'address', 'addresses')} to deploy`;
    const parts = [
      toDo,
      running === 0 ? undefined : `${number(running)} running`,
      wave.blocked === 0 ? undefined : `${number(wave.blocked)} blocked`,
      wave.maxFailures === 0 ? undefined : `${number(wave.maxFailures)} may fail`,
      wave.soakMinutes === 0 ? undefined : `then watched for ${minutesText(wave.soakMinutes)}`,
    ].filter((text) => text !== undefined);
    const name = visible(wave.name);
    const text = parts.join(', ');
    if (over === undefined || starts === 0) return { name, text };
    const held = options.style.error(`held back: too much of "${visible(over.name)}" is blocked`);
    return { name, text: `${text}  ${held}` };
  });
  const title = options.style.strong(count(waves.length, 'wave'));
  return [`${[title, ...namedRows(rows, options.width)].join('\n')}\n`];
}

/** What a cleanup takes away: applications with everything in them, and the parts of those that stay. */
function deletionsText(plan: Plan, options: TextOptions): readonly string[] {
  const wholeOf = (step: { readonly application: string; readonly accountRegion?: string }) =>
    step.application + whereText(step);
  const whole = new Set(plan.steps.flatMap((step) => (step.operation === 'DeleteApplication' ? [wholeOf(step)] : [])));
  const names = (operation: 'DeleteEnvironment' | 'DeleteConfigurationProfile') =>
    plan.steps.flatMap((step) =>
      step.operation === operation && !whole.has(wholeOf(step)) ? [step.address + whereText(step)] : [],
    );
  const strategies = plan.steps.filter((step) => step.operation === 'DeleteDeploymentStrategy');
  return [
    ...namesText(
      [...whole],
      ['application goes, with everything in it', 'applications go, with everything in them'],
      options,
    ),
    ...namesText(names('DeleteEnvironment'), ['environment goes', 'environments go'], options),
    ...namesText(
      names('DeleteConfigurationProfile'),
      ['profile goes, with its versions', 'profiles go, with their versions'],
      options,
    ),
    ...namesText(
      strategies.map((step) => step.address + whereText(step)),
      ['deployment strategy goes', 'deployment strategies go'],
      options,
    ),
  ];
}

function listText(title: string, addresses: readonly PlannedAddress[], options: TextOptions): readonly string[] {
  return namesText(
    addresses.map((address) => address.address + whereText(address)),
    [`address ${title}`, `addresses ${title}`],
    options,
  );
}

function namesText(
  names: readonly string[],
  [one, many]: readonly [string, string],
  options: TextOptions,
): readonly string[] {
  if (names.length === 0) return [];
  const shown = options.verbose ? names : names.slice(0, mostAddresses);
  const hidden = names.length - shown.length;
  const lines = [
    options.style.strong(count(names.length, one, many)),
    ...shown.map((name) => `  ${visible(name)}`),
    ...(hidden === 0 ? [] : [options.style.faint(`  … and ${number(hidden)} more; -v or -o json has them all`)]),
  ];
  return [`${lines.join('\n')}\n`];
}
