import type { Approval } from '../../core/approval/approval.ts';
import type { AccountRegion } from '../../core/model/account-region.ts';
import { selectsAll } from '../../core/model/selection.ts';
import type { GuardOverrides, Policy } from '../../core/settings/policy.ts';
import type { LoadedProject } from '../load-project.ts';
import type { CommonOptions, WaveOption } from '../options.ts';

/** The part of a use case's options that a policy is made from. */
export type PolicyOptions = CommonOptions &
  Partial<GuardOverrides & Pick<Policy, 'only' | 'verify'>> &
  Partial<WaveOption> & { readonly approval?: Approval | undefined };

/** The policy of a project in one account and Region. */
export function makePolicy(
  project: Pick<LoadedProject, 'settings' | 'project' | 'origin'>,
  accountRegion: AccountRegion,
  options: PolicyOptions,
): Policy {
  return {
    settings: project.settings,
    project: project.project,
    accountRegion,
    origin: project.origin,
    only: options.only,
    verify: options.verify ?? false,
    adopt: options.adopt ?? false,
    supersede: options.supersede ?? false,
    retryRolledBack: options.retryRolledBack ?? false,
    allowOlder: options.allowOlder ?? false,
    allowShrink: options.allowShrink ?? false,
    overwriteDrift: options.overwriteDrift === true || project.settings.guards.drift === 'overwrite',
    selective: !selectsAll(options.selection) || options.wave !== undefined,
  };
}
