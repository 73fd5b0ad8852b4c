// The question before a change.
import { type Confirmation, confirmation } from '../../core/guards/confirmation.ts';
import type { Plan } from '../../core/plan/plan.ts';
import { AppcfgError } from '../../core/problem/problem.ts';
import type { Session } from '../connect/session.ts';
import type { Context } from '../context.ts';

/** @param question what is asked. @throws AppcfgError unless the user confirms, the signal's reason when it aborts before */
export async function ask(question: string, kind: Confirmation, context: Pick<Context, 'confirm'>): Promise<void> {
  const answer = await context.confirm(question);
  const problem = confirmation.check({ answer, kind });
  if (problem !== undefined) throw new AppcfgError([problem]);
}

/** The accounts and Regions in which a plan has steps, as a question names them. */
export function whereOf(plan: Plan, { reached }: Pick<Session, 'reached'>): string {
  const [{ target }, ...others] = reached;
  if (others.length > 0) return [...new Set(plan.steps.map(({ accountRegion }) => accountRegion))].join(' and ');
  return target.account === undefined ? target.region : `account ${target.account}, ${target.region}`;
}
