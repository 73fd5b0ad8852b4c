import { expect, test } from 'vitest';
import { type JobProblems, mergeCauses } from '../../../src/core/job-reports/merge-causes.ts';
import type { ReportedPlan } from '../../../src/core/job-reports/read-report.ts';
import type { Problem } from '../../../src/core/problem/problem.ts';

const where = '111122223333/eu-west-1' as const;
const hint = { text: 'change the content' };

function problem(message: string, addresses: readonly string[], more: Partial<Problem> = {}): Problem {
  const [first = '', ...others] = addresses;
  const about =
    others.length === 0
      ? { subject: subjectOf(first) }
      : { addresses: addresses.slice(0, 20).map(subjectOf), count: addresses.length };
  return { code: 'guard-rolled-back', severity: 'error', message, hint, ...about, ...more };
}

function subjectOf(address: string) {
  const [tenant = '', environment = '', configurationProfile = ''] = address.split('/');
  return { tenant, environment, configurationProfile };
}

function job(
  problems: readonly Problem[],
  blocked: readonly { readonly address: string; readonly reason: string; readonly group?: string }[],
  failed: readonly { readonly address: string; readonly problem: Problem }[] = [],
): JobProblems {
  const plan = {
    addresses: blocked.map(({ address, reason, group = '1' }) => ({
      address,
      application: address,
      accountRegion: where,
      action: 'blocked' as const,
      wave: undefined,
      changeGroup: group,
      live: undefined,
      desired: undefined,
      deploymentStrategy: undefined,
      drift: undefined,
      reason,
      blockedBy: problems[0]?.code,
    })),
    steps: failed.map(({ address }) => ({ id: `StartDeployment ${address}`, address })),
  } as unknown as ReportedPlan;
  return {
    problems: [...problems],
    plan,
    results: failed.map(({ address, problem: of }) => ({
      step: `StartDeployment ${address}`,
      status: 'failed' as const,
      problem: of,
      blockedBy: undefined,
    })),
    changes: new Map([
      ['1', 'change of rate'],
      ['2', 'change of burst'],
    ]),
  };
}

const addressesOf = (from: number, to: number) =>
  Array.from({ length: to - from }, (_, index) => `t${from + index}/dev/Limits`);
const sameAt = (address: string) => `the same change was rolled back at ${address} (deployment 2)`;
const blockedAt = (addresses: readonly string[], reason: string, group?: string) =>
  addresses.map((address) => ({ address, reason, ...(group && { group }) }));

test('jobs that count the waves before their own again have one problem with each address once', () => {
  const message = sameAt('one/dev/Limits');
  const jobs = [50, 120].map((to) => {
    const those = addressesOf(0, to);
    return job([problem(message, those)], blockedAt(those, message));
  });
  expect(mergeCauses(jobs)).toMatchObject([{ message, count: 120, addresses: { length: 20 } }]);
});

test('one change is one cause, wherever each job found that it was rolled back; another change is another', () => {
  const jobs = ['one/dev/Limits', 'two/prod/Limits'].map((address, index) => {
    const those = addressesOf(index * 10, index * 10 + 3);
    return job([problem(sameAt(address), those)], blockedAt(those, sameAt(address)));
  });
  const others = addressesOf(20, 22);
  const other = job([problem(sameAt('three/dev/Limits'), others)], blockedAt(others, sameAt('three/dev/Limits'), '2'));
  expect(mergeCauses([...jobs, other])).toMatchObject([
    { message: sameAt('one/dev/Limits'), count: 6 },
    { message: sameAt('three/dev/Limits'), count: 2 },
  ]);
});

test('what differs from address to address is not another cause', () => {
  const common = 'content of commit abc is quarantined: AppConfig rolled it back';
  const jobs = [1, 2].map((number) => {
    const message = `deployment ${number} of this content was rolled back`;
    const address = `t${number}/dev/Limits`;
    return job([problem(message, [address], { common })], blockedAt([address], message));
  });
  expect(mergeCauses(jobs)).toMatchObject([{ message: common, count: 2 }]);
});

test('what an earlier job rolled back is its problem alone; what was live, and is not any more, is one of the later job', () => {
  const rolledBack = problem('AppConfig rolled back deployment 2', ['one/dev/Limits'], {
    code: 'deployment-rolled-back',
  });
  const first = job([rolledBack], [], [{ address: 'one/dev/Limits', problem: rolledBack }]);
  const message = 'deployment 2 of this content was rolled back';
  const later = (address: string) => job([problem(message, [address])], blockedAt([address], message));
  expect(mergeCauses([first, later('one/dev/Limits')])).toMatchObject([{ code: 'deployment-rolled-back' }]);
  expect(mergeCauses([first, later('two/dev/Limits')])).toMatchObject([{}, { code: 'guard-rolled-back' }]);
  const drift = problem('it drifted', ['one/dev/Limits'], { code: 'guard-drift' });
  expect(mergeCauses([first, job([drift], blockedAt(['one/dev/Limits'], 'it drifted'))])).toHaveLength(2);
});
