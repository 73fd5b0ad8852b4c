// The table of guards: the key is the name of the file and, after `guard-`, the code. A code without a row does not compile.
import { account } from './account.ts';
import { cleanupScope } from './cleanup-scope.ts';
import { confirmation } from './confirmation.ts';
import { deletes } from './deletes.ts';
import { drift } from './drift.ts';
import { empty } from './empty.ts';
import { expect } from './expect.ts';
import type { Guard, GuardCode, NewContent, NextDeployment } from './guard.ts';
import { newer } from './newer.ts';
import { owner } from './owner.ts';
import { profile } from './profile.ts';
import { protectedSettings } from './protected-settings.ts';
import { quota } from './quota.ts';
import { rolledBack } from './rolled-back.ts';
import { sameChange } from './same-change.ts';
import { shrink } from './shrink.ts';
import { wave } from './wave.ts';

type NameOf<Code extends GuardCode> = Code extends `guard-${infer Name}` ? Name : never;

/**
 * `profile` has the code of `owner`, and `same-change` the code of `rolled-back`: to the user they are one guard. `settings` is
 * the name of another file in core/.
 */
export const guards = {
  'protected-settings': protectedSettings,
  empty,
  owner,
  profile,
  account,
  drift,
  'rolled-back': rolledBack,
  'same-change': sameChange,
  newer,
  shrink,
  expect,
  wave,
  quota,
  deletes,
  'cleanup-scope': cleanupScope,
  confirmation,
} as const satisfies Readonly<
  Record<Exclude<NameOf<GuardCode>, 'settings'> | 'protected-settings' | 'profile' | 'same-change', Guard<never>>
>;

/** A flag that overrides a guard. */
export type GuardOverride = Extract<(typeof guards)[keyof typeof guards], { readonly override: string }>['override'];

/** The guards that judge a deployment by those before it. They judge again where others have started one since the plan. */
export const deploymentGuards: readonly Guard<NextDeployment>[] = [guards.drift, guards['rolled-back'], guards.newer];

/** The guards that judge new content, in this order: the first one that refuses it counts. */
export const contentGuards: readonly Guard<NewContent>[] = [...deploymentGuards, guards.shrink];
