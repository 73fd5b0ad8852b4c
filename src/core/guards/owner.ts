import type { Owner } from '../live/ownership.ts';
import type { Hint } from '../problem/hint.ts';
import type { Problem } from '../problem/problem.ts';
import type { Guard } from './guard.ts';

interface Input {
  readonly application: string;
  readonly tenant: string;
  /** As `ownerOf` finds it in the tags; undefined while they are not read. */
  readonly owner: Owner | undefined;
  /** Of this run. */
  readonly project: string;
  readonly command: 'sync' | 'history' | 'rollback' | 'cleanup';
  /** Whether an unmanaged application may be adopted; `other stage`: allowed, but this stage only deploys. */
  readonly adoption?: 'allowed' | 'other stage';
}

/** Only applications that the project manages, or adopts now, are changed. */
export const owner = {
  code: 'guard-owner',
  override: '--adopt',
  check: (input: Input): Problem | 'pending' | undefined => {
    const { application, tenant, owner: found, adoption } = input;
    if (found === undefined) return 'pending';
    if (found.kind === 'managed') return undefined;
    if (found.kind === 'unmanaged' && adoption === 'allowed') return undefined;
    return {
      code: owner.code,
      severity: 'error',
      message:
        found.kind === 'unmanaged'
          ? `the application "${application}" exists and is unmanaged`
          : `the application "${application}" belongs to project "${found.project}"; this is project "${input.project}"`,
      hint: found.kind === 'unmanaged' ? adoptionHint(input) : { text: hintsForOther[input.command](found.project) },
      subject: { tenant },
    };
  },
} as const satisfies Guard<Input>;

function adoptionHint({ tenant, command, adoption }: Input): Hint {
  if (command === 'cleanup') return { text: 'delete it with the tool that created it' };
  const adopting = { run: 'sync', selects: { tenant } } as const;
  if (adoption === 'other stage') {
    return {
      text: 'this stage only deploys; adopt it first',
      command: { ...adopting, args: ['--only', 'update', owner.override] },
    };
  }
  return {
    text:
      command === 'rollback' || command === 'history'
        ? 'adopt it first'
        : 'check what would change with diff --adopt, then add the name to "adopt" in appcfg.yml or adopt it',
    command: { ...adopting, args: [owner.override] },
  };
}

const hintsForOther: Readonly<Record<Input['command'], (project: string) => string>> = {
  sync: () =>
    'if the project was renamed, set "project" in appcfg.yml to the old name; otherwise choose other application names with "applicationName"',
  history: (project) => `ask for it in the repository of project "${project}"`,
  rollback: (project) => `roll it back from the repository of project "${project}"`,
  cleanup: (project) => `delete it with the cleanup of project "${project}"`,
};
