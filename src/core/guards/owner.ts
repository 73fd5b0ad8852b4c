import type { ApplicationAssessment } from '../assess/assess-application.ts';
import { ownerOf } from '../live/ownership.ts';
import type { DesiredApplication } from '../model/desired-state.ts';
import { matchesAny } from '../model/globs.ts';
import type { Tags } from '../model/resource.ts';
import type { Problem } from '../problem/problem.ts';
import type { Policy } from '../settings/policy.ts';

export function judgeOwner(
  desired: DesiredApplication,
  tags: Tags,
  policy: Policy,
): {
  readonly ownership: ApplicationAssessment['ownership'];
  readonly adopted?: boolean;
  readonly problem?: Problem;
} {
  const owner = ownerOf(tags, policy.project);
  if (owner.kind === 'ours') return { ownership: 'ours', adopted: owner.adopted };
  if (owner.kind === 'other-project') {
    return {
      ownership: 'blocked',
      problem: {
        code: 'guard-owner',
        severity: 'error',
        subject: { tenant: desired.tenant },
        message: `the application "${desired.name}" belongs to project "${owner.project}", and this is project "${policy.project}"`,
        hint: {
          text: 'if the project was renamed, set `project:` in appcfg.yml to the old name; else give the tenants other application names with `applicationName:`',
        },
      },
    };
  }
  const mayAdopt = policy.adopt || matchesAny(desired.name, policy.settings.adopt);
  if (mayAdopt && policy.only !== 'deploy') return { ownership: 'adopt' };
  return {
    ownership: 'blocked',
    problem: {
      code: 'guard-owner',
      severity: 'error',
      subject: { tenant: desired.tenant },
      message: `the application "${desired.name}" exists and was not made by appcfg`,
      hint: mayAdopt
        ? {
            text: `this stage only deploys; take it over first`,
            command: { run: 'sync', args: ['--only', 'update', '--adopt', '--tenant', desired.tenant] },
          }
        : {
            text: `look first: appcfg diff --adopt --tenant ${desired.tenant}; then take it over: appcfg sync --adopt --tenant ${desired.tenant} (or name it under \`adopt:\` in appcfg.yml)`,
          },
    },
  };
}
