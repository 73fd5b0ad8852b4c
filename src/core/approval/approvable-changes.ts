// What of a plan is approved: each change as a value, and the digest that stands for it in `expect`. Digests confirm no guess about
// a redacted value.
import { hash } from 'node:crypto';
import { valueDigest } from '../document/content-of.ts';
import { createRedactor, type Redactor } from '../document/redact.ts';
import { canonicalText } from '../document/write-json.ts';
import type { AccountRegionId } from '../model/account-region.ts';
import { formatAddress, type Subject } from '../model/address.ts';
import type { DesiredApplication, DesiredConfiguration } from '../model/desired-state.ts';
import type { StrategyNumbers } from '../model/resource.ts';
import { mapOf, type Value } from '../model/value.ts';
import type { Plan } from '../plan/plan.ts';
import type { Operation, Step, StepId, StepOf } from '../plan/step.ts';
import { handleStep, type StepHandlers } from '../plan/step-handlers.ts';
import { type Settings, versionsToKeep, type WaveSettings } from '../settings/settings.ts';

/** A change that has to be approved: a deployment, or an update, tag, stop or deletion of something that exists. */
export interface ApprovableChange {
  /** The step that makes it, or after which old versions are deleted. */
  readonly step: StepId;
  readonly operation: Operation;
  readonly subject: Subject;
  readonly accountRegion: AccountRegionId;
  /** Of a deployment. */
  readonly deployment?: DeploymentTerms;
  /** Of any other change: what is approved besides operation and target. */
  readonly values?: unknown;
}

export interface DeploymentTerms {
  /** Number of the live version that it replaces. */
  readonly from: number | null;
  /** Of the content, its redacted values replaced by the mark. */
  readonly digest: string;
  /** Undefined where AppConfig does not know the strategy. */
  readonly numbers: StrategyNumbers | undefined;
  readonly wave: string | null;
  /** What happens before its wave, in this order. */
  readonly earlierWaves: readonly EarlierWave[];
}

/** As the settings have it: what a part of the tree comes to is approved with the whole. */
export type EarlierWave = Pick<WaveSettings, 'name' | 'soakMinutes' | 'maxFailures'>;

type Approved = Pick<Settings, 'redact' | 'secretsShown' | 'versions' | 'profiles' | 'waves'>;

/**
 * The changes of a plan that is not restricted to a stage. What is created follows from the deployments that need it.
 * @param desired what the plan was made for
 */
export function approvableChanges(
  plan: Plan,
  { desired, settings }: { readonly desired: readonly DesiredApplication[]; readonly settings: Approved },
): readonly ApprovableChange[] {
  if (plan.steps.length === 0) return [];
  const starts = plan.steps.filter((step) => step.operation === 'StartDeployment');
  const digests = contentDigests(starts, desired, createRedactor(settings));
  const live = new Map(plan.addresses.map((each) => [keyOf(each.address, each.accountRegion), each.live]));
  const deployment = (step: StepOf<'StartDeployment'>): DeploymentTerms => ({
    from: live.get(keyOf(step.subject, step.accountRegion))?.versionNumber ?? null,
    digest: digests.get(formatAddress(step.subject)) ?? step.version.digest,
    numbers: step.numbers,
    wave: step.wave ?? null,
    earlierWaves: earlierWaves(step.wave, settings),
  });
  return plan.steps.flatMap((step): ApprovableChange[] => {
    const { operation, subject, accountRegion } = step;
    const change = { step: step.id, operation, subject, accountRegion };
    if (step.operation === 'StartDeployment') return [{ ...change, deployment: deployment(step) }];
    if (step.operation === 'CreateHostedConfigurationVersion') {
      const keep = versionsToKeep(settings, step.configurationProfile);
      // A sync that succeeds deletes the older versions of the profile.
      return keep === undefined ? [] : [{ ...change, operation: 'DeleteHostedConfigurationVersion', values: { keep } }];
    }
    const values = handleStep(newValues, step);
    return values === undefined ? [] : [{ ...change, values }];
  });
}

/** What a step writes over something that exists; undefined: it changes nothing that exists. Contents and digests are no part of it. */
const newValues: StepHandlers<unknown> = {
  UpdateApplication: ({ description }) => ({ description }),
  TagResource: ({ tags }) => ({ tags }),
  UpdateEnvironment: ({ monitors }) => ({ monitors }),
  UpdateConfigurationProfile: ({ kmsKey, validators }) => ({ kmsKey, validators }),
  UpdateDeploymentStrategy: ({ numbers }) => ({ numbers }),
  StopDeployment: ({ deploymentNumber }) => ({ deploymentNumber }),
  DeleteHostedConfigurationVersion: ({ versionNumber }) => ({ versionNumber }),
  DeleteEnvironment: () => ({}),
  DeleteConfigurationProfile: () => ({}),
  DeleteApplication: () => ({}),
  DeleteDeploymentStrategy: () => ({}),
  CreateApplication: nothing,
  CreateEnvironment: nothing,
  CreateConfigurationProfile: nothing,
  CreateDeploymentStrategy: nothing,
  CreateHostedConfigurationVersion: nothing,
  ValidateConfiguration: nothing,
  StartDeployment: nothing,
  AwaitDeployment: nothing,
};

function nothing(): undefined {
  return undefined;
}

/** Those before a wave. */
function earlierWaves(wave: string | undefined, { waves = [] }: Approved): readonly EarlierWave[] {
  const index = waves.findIndex(({ name }) => name === wave);
  return index === -1 ? [] : waves.slice(0, index);
}

/** What has to be approved for a change: itself, and of a deployment what happens before its wave. */
export function approvalDigests(change: ApprovableChange): readonly string[] {
  const ofWave = change.deployment && waveDigest(change.deployment);
  return [approvalDigest(change), ...(ofWave === undefined ? [] : [ofWave])];
}

/** Stands for what happens before a wave; undefined without waves. */
export function waveDigest({ wave, earlierWaves: earlier }: DeploymentTerms): string | undefined {
  if (wave === null) return undefined;
  const terms = earlier.map(({ name, soakMinutes, maxFailures }) => [name, soakMinutes, maxFailures]);
  return digestOf(['wave', wave, terms]);
}

/** Stands for a change by itself. */
export function approvalDigest({ operation, subject, accountRegion, deployment, values }: ApprovableChange): string {
  const target = formatAddress(subject);
  const terms =
    deployment === undefined
      ? [accountRegion, operation, target, values]
      : [accountRegion, target, deployment.from, deployment.digest, strategyTerms(deployment.numbers), deployment.wave];
  return digestOf(terms);
}

/** The first 16 hex digits of SHA-256 over the canonical JSON. */
function digestOf(terms: readonly unknown[]): string {
  return hash('sha256', canonicalText(asValue(terms)), 'hex').slice(0, 16);
}

function strategyTerms(numbers: StrategyNumbers | undefined): readonly unknown[] | null {
  if (numbers === undefined) return null;
  const { durationMinutes, bakeMinutes, growthFactor, growthType } = numbers;
  return [durationMinutes, bakeMinutes, growthFactor, growthType];
}

/** Plain data as a value. Members that are undefined are left out. */
function asValue(data: unknown): Value {
  if (Array.isArray(data)) return data.map(asValue);
  if (typeof data === 'object' && data !== null) {
    const members = Object.entries(data).filter(([, member]) => member !== undefined);
    return mapOf(members.map(([key, member]) => [key, asValue(member)]));
  }
  return data === undefined ? null : (data as null | boolean | string | number); // Plans are JSON.
}

/** By address, of contents that can have redacted values. */
function contentDigests(
  starts: readonly Step[],
  desired: readonly DesiredApplication[],
  redact: Redactor,
): ReadonlyMap<string, string> {
  const wanted = new Set(starts.map(({ subject }) => formatAddress(subject)));
  const shownDigest = ({ value, content }: DesiredConfiguration) =>
    valueDigest(redact.apply(value), content.contentType);
  return new Map(
    desired
      .flatMap(({ environments }) => environments.flatMap(({ configurations }) => configurations))
      .filter(({ mayHaveSecrets }) => redact.active || mayHaveSecrets)
      .map((each) => [formatAddress(each.address), each] as const)
      .filter(([address]) => wanted.has(address))
      .map(([address, each]) => [address, shownDigest(each)]),
  );
}

function keyOf(subject: Subject, accountRegion: AccountRegionId): string {
  return `${accountRegion} ${formatAddress(subject)}`;
}
