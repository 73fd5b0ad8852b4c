import {
  type ApprovableChange,
  approvalDigest,
  type DeploymentTerms,
  type EarlierWave,
  waveDigest,
} from '../approval/approvable-changes.ts';
import { type Approval, type ApprovedDeployment, newApproval } from '../approval/approval.ts';
import type { AccountRegionId } from '../model/account-region.ts';
import { formatAddress } from '../model/address.ts';
import type { StrategyNumbers } from '../model/resource.ts';
import type { Problem } from '../problem/problem.ts';
import type { Guard } from './guard.ts';

interface Input {
  readonly change: ApprovableChange;
  readonly approval: Approval;
}

/** With `--expect`, nothing is done that was not approved. */
export const expect = {
  code: 'guard-expect',
  check: ({ change, approval }: Input): Problem | undefined => {
    const { subject, accountRegion, deployment } = change;
    if (isApproved(change, approval) && areWavesApproved(deployment, approval)) return undefined;
    const differences = deployment === undefined ? [otherChange(change)] : differencesOf(change, deployment, approval);
    return {
      code: expect.code,
      severity: 'error',
      message: differences.map(({ message }) => message).join('; '),
      common: differences.map(({ message, common = message }) => common).join('; '),
      subject,
      accountRegion,
      hint: newApproval(approval.file, 'have the new plan approved; this writes it'),
    };
  },
} as const satisfies Guard<Input>;

/** The account is unknown in a plan that did not need it. */
function isApproved(change: ApprovableChange, { expect: approved }: Approval): boolean {
  const [, region] = change.accountRegion.split('/');
  const accountRegions: readonly AccountRegionId[] = [change.accountRegion, `unknown/${region}`];
  return accountRegions.some((accountRegion) => approved.has(approvalDigest({ ...change, accountRegion })));
}

function areWavesApproved(deployment: DeploymentTerms | undefined, { expect: approved }: Approval): boolean {
  const digest = deployment && waveDigest(deployment);
  return digest === undefined || approved.has(digest);
}

/** `common`: the message without what differs from address to address. */
interface Difference {
  readonly message: string;
  readonly common?: string;
}

function otherChange({ operation, values }: ApprovableChange): Difference {
  const keep = typeof values === 'object' && values !== null && 'keep' in values ? values.keep : undefined;
  return {
    message:
      keep === undefined
        ? `${operation} with these values was not approved`
        : `the deletion of all but the newest ${String(keep)} versions was not approved`,
  };
}

function differencesOf(
  change: ApprovableChange,
  own: DeploymentTerms,
  approval: Approval,
): readonly [Difference, ...Difference[]] {
  const approved = approval.deployments.get(formatAddress(change.subject));
  const unknown = { message: 'this deployment was not approved' };
  if (approved === undefined) return [unknown];
  const { from, numbers, wave } = approved;
  const isSameContent = isApproved({ ...change, deployment: { ...own, from, numbers, wave } }, approval);
  const [first, ...others] = [
    ...(isSameContent ? [] : differencesOfContent(change, approved)),
    ...(own.from === from
      ? []
      : [{ message: `${versionText(own.from)} is live, not ${versionText(from)}`, common: movedText }]),
    ...(strategyText(own.numbers) === strategyText(numbers)
      ? []
      : [{ message: `the deployment strategy is ${strategyText(own.numbers)}, and not ${strategyText(numbers)}` }]),
    ...(own.wave === wave ? [] : [{ message: `it is in ${waveText(own.wave)}, not in ${waveText(wave)}` }]),
    ...(areWavesApproved(own, approval) ? [] : [otherWaves(own)]),
  ];
  return first === undefined ? [unknown] : [first, ...others];
}

function otherWaves({ wave, earlierWaves }: DeploymentTerms): Difference {
  const before = waveText(wave);
  const what =
    earlierWaves.length === 0
      ? `nothing comes before ${before}`
      : `before ${before} comes ${earlierWaves.map(earlierText).join(', ')}`;
  return { message: `the waves are not the approved ones: ${what}` };
}

function earlierText({ name, soakMinutes, maxFailures }: EarlierWave): string {
  const failures = 'count' in maxFailures ? maxFailures.count : `${maxFailures.percent} %`;
  return `"${name}" (soak ${soakMinutes} min, at most ${failures} failures)`;
}

const movedText = 'another version is live than when it was approved';

function differencesOfContent(
  { accountRegion }: ApprovableChange,
  approved: ApprovedDeployment,
): readonly Difference[] {
  const isElsewhere = approved.accountRegion !== accountRegion && !approved.accountRegion.startsWith('unknown/');
  return [
    {
      message: isElsewhere
        ? `it is deployed to ${accountRegion}, not to ${approved.accountRegion}`
        : 'the content is not the approved one',
    },
  ];
}

function versionText(version: number | null): string {
  return version === null ? 'no version' : `version ${version}`;
}

function strategyText(numbers: StrategyNumbers | undefined): string {
  if (numbers === undefined) return 'unknown';
  const { durationMinutes, bakeMinutes, growthFactor, growthType } = numbers;
  return `${durationMinutes} min, bake ${bakeMinutes} min, ${growthType.toLowerCase()} ${growthFactor} %`;
}

function waveText(wave: string | null): string {
  return wave === null ? 'no wave' : `wave "${wave}"`;
}
