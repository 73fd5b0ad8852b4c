// What a plan does besides changing contents: resources, drift, deletions, what is blocked and what is no longer in the tree.
import { partition } from 'es-toolkit/array/partition';
import { owner } from '../../core/guards/owner.ts';
import { driftText } from '../../core/live/drifted-deployment.ts';
import { groupMap } from '../../core/model/groups-by.ts';
import type { AddressAction, Plan, PlannedAddress } from '../../core/plan/plan.ts';
import type { Step } from '../../core/plan/step.ts';
import { handleStep } from '../../core/plan/step-handlers.ts';
import { count } from '../../core/problem/quantity.ts';
import type { Review } from '../../core/review/review.ts';
import { type Section, wholeText } from '../review/section.ts';
import { locatedText } from '../style/address-text.ts';
import { cut, wrapped } from '../style/columns.ts';
import { visible } from '../style/escape.ts';
import { someOf } from '../style/shortened.ts';
import { showsAll, type TextOptions } from '../style/text-options.ts';
import { updateTexts } from '../style/update-texts.ts';
import { addressesWith } from '../view/plan-summary.ts';
import {
  deletedBy,
  deletions,
  type Located,
  locatedIn,
  partsByAccountRegion,
  prunedProfiles,
} from '../view/plan-view.ts';
import { summaryParts } from './plan-summary.ts';

/** Rows of a section, where not all are asked for. */
const mostAddresses = 20;
/** Named in one line. */
const mostNamed = 20;

/** Everything but what changes in contents, and its rollout. Each section ends with a line break. */
export function otherSections(plan: Plan, options: TextOptions): readonly string[] {
  const isBlockedAlone = ({ changeGroup }: PlannedAddress) => changeGroup === undefined;
  return drawn(
    [...changeSections(plan, options), ...blockedSections(plan, isBlockedAlone), ...stateSections(plan, options)],
    options,
  );
}

/** The same for a screen, in a row each. What the review names is left out. */
export function otherRows(plan: Plan, review: Review, options: TextOptions): readonly Section[] {
  const { removed, renamed } = review.tenants;
  const named = new Set([...removed.map(({ tenant }) => tenant), ...renamed.map(({ from }) => from)]);
  const isNamed = ({ address: { tenant, environment, configurationProfile }, action }: PlannedAddress) =>
    action === 'orphaned' && (environment ?? configurationProfile) === undefined && named.has(tenant);
  // The settings that change have the strategies.
  const isStrategy = ({ operation }: Step) => review.base !== undefined && operation.endsWith('DeploymentStrategy');
  const rest = {
    ...plan,
    addresses: plan.addresses.filter((each) => !isNamed(each)),
    steps: plan.steps.filter((step) => !isStrategy(step)),
  };
  const sections = [
    ...blockedSections(rest, () => true),
    ...stateSections(rest, options),
    ...changeSections(rest, options),
  ];
  return sections.map(({ title, tone, rows }) => {
    const row = rows.map(([first = '']) => first.trim()).join(', ');
    return { title, tone, rows: [[row]], briefRows: [row] };
  });
}

/** Profiles that are kept, and which of their versions are deleted. */
export function prunedSection(plan: Plan, options: TextOptions): readonly string[] {
  return drawn(prunedSections(plan), options);
}

function drawn(sections: readonly Section[], options: TextOptions): readonly string[] {
  return sections.map((section) => wholeText(section, showsAll(options) ? undefined : mostAddresses, options));
}

/** Resources that change, and addresses without a deployment. */
function changeSections(plan: Plan, { style }: TextOptions): readonly Section[] {
  const { kind } = plan;
  const located = locatedIn(plan);
  const updates = plan.steps.flatMap((step) => {
    const text = handleStep(updateTexts, step);
    const sign = step.operation.startsWith('Create') ? style.added('+') : style.changed('~');
    return text === undefined ? [] : [[`${sign} ${locatedText(located(step))}  ${visible(text)}`]];
  });
  return [
    ...(kind === 'cleanup' ? [] : untitled(count(updates.length, 'resource changes', 'resources change'), updates)),
    ...(kind === 'comparison' ? namesSection(elsewhere(plan).map(located), addresses('of another application')) : []),
    ...namesSection(addressesWith(plan, 'adopt').map(located), addresses('to adopt without a deployment')),
    ...(kind === 'rollback'
      ? []
      : namesSection(addressesWith(plan, 'await').map(located), addresses('already deploying this content'))),
  ];
}

/** Whose content two revisions give to different applications. */
function elsewhere(plan: Plan): readonly PlannedAddress[] {
  return addressesWith(plan, 'update').filter(({ changeGroup }) => changeGroup === undefined);
}

/** The problem of the guard is printed by itself. */
function blockedSections(plan: Plan, isShown: (planned: PlannedAddress) => boolean): readonly Section[] {
  const blocked = addressesWith(plan, 'blocked').filter(isShown);
  const whys = groupMap(blocked, ({ blockedBy, reason }) => (blockedBy?.code === owner.code ? `: ${reason}` : ''));
  return [...whys].flatMap(([why, those]) =>
    namesSection(those.map(locatedIn(plan)), addresses(`blocked${visible(why)}`)),
  );
}

/** What is not as the tree has it, and stays so or is deleted. */
function stateSections(plan: Plan, options: TextOptions): readonly Section[] {
  return [
    ...driftSection(plan, options),
    ...orphanedSections(plan),
    ...deletions.flatMap((operation) => namesSection(deletedBy(operation, plan), deletionTitles[operation])),
    ...prunedSections(plan),
    ...(plan.kind === 'rollback' ? rollbackSection(plan, options) : []),
    ...accountRegionsSection(plan, options),
  ];
}

/** What was deployed outside of appcfg, also where it is blocked or overwritten. */
function driftSection(plan: Plan, { style, width }: TextOptions): readonly Section[] {
  const drifted = plan.addresses.filter(({ drift }) => drift !== undefined);
  if (drifted.length === 0) return [];
  const located = locatedIn(plan);
  const rows = drifted.map((planned) => [
    `  ${locatedText(located(planned))}  ${driftEndings[planned.action] ?? 'will be overwritten'}`,
    style.faint(cut(`    ${visible(planned.drift === undefined ? '' : driftText(planned.drift))}`, width)),
  ]);
  return [{ title: count(drifted.length, 'address drifted', 'addresses drifted'), tone: 'strong', rows }];
}

/** Whole tenants apart from parts of a tenant that is still there. */
function orphanedSections(plan: Plan): readonly Section[] {
  const located = locatedIn(plan);
  const isTenant = ({ address }: PlannedAddress) =>
    address.environment === undefined && address.configurationProfile === undefined;
  const [tenants, parts] = partition(addressesWith(plan, 'orphaned'), isTenant);
  const gone = 'no longer in the tree';
  return [
    ...namesSection(tenants.map(located), [`tenant ${gone}`, `tenants ${gone}`]),
    ...namesSection(parts.map(located), [`environment or profile ${gone}`, `environments and profiles ${gone}`]),
  ];
}

function prunedSections(plan: Plan): readonly Section[] {
  const pruned = prunedProfiles(plan);
  if (pruned.length === 0) return [];
  const versions = pruned.reduce((sum, each) => sum + each.versions.length, 0);
  return [
    {
      title: count(versions, 'old version will be deleted', 'old versions will be deleted'),
      tone: 'strong',
      rows: pruned.map((each) => [`  ${locatedText(each)}  ${versionsText(each.versions)}`]),
      noun: 'profile',
    },
  ];
}

function versionsText(versions: readonly number[]): string {
  const [only] = versions;
  return versions.length === 1 ? `version ${only}` : `versions ${someOf(versions.map(String), mostNamed)}`;
}

/** How each address is rolled back, or why it is not. */
function rollbackSection(plan: Plan, { style, width }: TextOptions): readonly Section[] {
  const located = locatedIn(plan);
  const rows = plan.addresses.filter(({ action }) => action !== 'blocked');
  const lines = rows.map((planned) => {
    const sign = planned.action === 'update' ? style.changed('~') : ' ';
    return [`${sign} ${cut(`${locatedText(located(planned))}  ${visible(planned.reason)}`, width - 2)}`];
  });
  return untitled(count(rows.length, 'address', 'addresses'), lines);
}

function accountRegionsSection(plan: Plan, { style, width }: TextOptions): readonly Section[] {
  const rows = partsByAccountRegion(plan).flatMap(({ id, part }) => {
    const parts = summaryParts(part);
    return parts.length === 0 ? [] : [[wrapped(`${style.strong(id)}  ${parts.join(', ')}`, width)]];
  });
  return untitled(count(rows.length, 'account and Region', 'accounts and Regions'), rows);
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

type Title = readonly [one: string, many: string];

function addresses(what: string): Title {
  return [`address ${what}`, `addresses ${what}`];
}

function namesSection(names: readonly Located[], [one, many]: Title): readonly Section[] {
  if (names.length === 0) return [];
  return [
    { title: count(names.length, one, many), tone: 'strong', rows: names.map((name) => [`  ${locatedText(name)}`]) },
  ];
}

/** Rows that need no title, except on a screen. */
function untitled(title: string, rows: Section['rows']): readonly Section[] {
  return rows.length === 0 ? [] : [{ title, tone: 'strong', rows, isUntitled: true }];
}
