import type { Problem } from '../problem/problem.ts';
import type { Guard } from './guard.ts';

/** What is confirmed. */
export type Confirmation = 'deletion' | 'sync';

interface Input {
  readonly answer: boolean | 'no terminal';
  readonly kind: Confirmation;
}

const declined = { deletion: 'nothing was deleted', sync: 'nothing was changed' } as const;

/** Nothing is done that the user did not confirm. Only a deletion needs a terminal. */
export const confirmation = {
  code: 'guard-confirmation',
  override: '--yes',
  check: ({ answer, kind }: Input): Problem | undefined => {
    if (answer === true || (answer === 'no terminal' && kind !== 'deletion')) return undefined;
    if (answer === false) {
      const hint = {
        text: 'to do it without a question',
        command: { run: 'same', args: [confirmation.override] },
      } as const;
      return { code: 'declined', severity: 'error', message: declined[kind], hint };
    }
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
