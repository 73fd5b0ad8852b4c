import type { Problem } from '../problem/problem.ts';
import type { Guard } from './guard.ts';

interface Input {
  readonly answer: boolean | 'no terminal';
}

/** Nothing is deleted that the user did not confirm. */
export const confirmation = {
  code: 'guard-confirmation',
  override: '--yes',
  check: ({ answer }: Input): Problem | undefined => {
    if (answer === true) return undefined;
    if (answer === false) return { code: 'declined', severity: 'error', message: 'nothing was deleted' };
    return {
      code: confirmation.code,
      severity: 'error',
      message: 'cleanup needs confirmation, and there is no terminal to ask on',
      hint: {
        text: `check the plan with --dry-run, then confirm it`,
        command: { run: 'same', args: [confirmation.override] },
      },
    };
  },
} as const satisfies Guard<Input>;

/** The question that the user answers. */
export function confirmationQuestion(deletion: {
  readonly applications: number;
  readonly resources: number;
  /** All of them are versions. */
  readonly areVersions?: boolean;
  /** Account and Region, as they are shown. */
  readonly from: string;
  readonly project: string;
}): string {
  const { applications, resources, areVersions, from, project } = deletion;
  const what =
    areVersions === true
      ? `${resources} ${resources === 1 ? 'version' : 'versions'}`
      : applications === 0
        ? `${resources} ${resources === 1 ? 'resource' : 'resources'}`
        : applications === 1
          ? '1 application with everything in it'
          : `${applications} applications with everything in them`;
  return `Delete ${what} from ${from} (project ${project})?`;
}
