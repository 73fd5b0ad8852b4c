import { compareRevisions } from '../../core/compare-trees.ts';
import { failure } from '../../core/errors.ts';
import type { DesiredApplication } from '../../core/model.ts';
import { finalizePlan } from '../../core/roll-out.ts';
import { readSettings } from '../../tree/read-settings.ts';
import type { Context } from '../context.ts';
import { readDesiredApplications } from '../desired-state.ts';
import { checkOut } from '../git.ts';
import type { DiffOptions } from '../options.ts';
import { planRun } from '../plan-places.ts';
import { emitStart, type Prepared, prepare, Reporting, sessionOptions } from '../prepare.ts';
import { withSession } from '../session.ts';
import { applicationsToRead } from '../waves.ts';
import { emitPlan } from './emit-plan.ts';

/** Says what a sync would do to every address, or what changed since another revision; changes nothing. */
export async function diff(options: DiffOptions, context: Context): Promise<void> {
  const prepared = await prepare(options, context);
  if (prepared === undefined) return;
  if (options.base !== undefined) return diffRevisions(options.base, prepared, { options, context });
  const wanted = { ...prepared, desired: applicationsToRead(prepared, options.wave) };
  await withSession(sessionOptions(wanted, { options, access: 'read', context }), async (session) => {
    emitStart('diff', session, context);
    const { settings } = prepared;
    const { plan, counts, reach } = await planRun(session, { prepared: wanted, options, context });
    const now = reach.connection.serviceClock.now();
    const whole = finalizePlan(plan, { ...options, settings, only: undefined, counts, now });
    await emitPlan(whole, { settings, context });
  });
}

/** Compares the tree with itself at another revision, offline. */
async function diffRevisions(
  base: string,
  head: Prepared,
  about: { readonly options: DiffOptions; readonly context: Context },
): Promise<void> {
  const { options, context } = about;
  if (options.wave !== undefined) {
    throw failure('usage-invalid', '--base compares the whole tree, and --wave names a part of it', {
      hint: 'leave one of them out',
    });
  }
  const checkedOut = await checkOut(context.directory, base, context.environment);
  try {
    const reporting = new Reporting(context);
    const { settings, problems } = await readSettings(checkedOut.directory);
    // What is wrong with an old revision is told at its place there; that something is missing from it is no problem.
    const report: typeof reporting.report = (problem) => {
      if (problem.severity === 'warning' || missing.has(problem.code)) return;
      reporting.report({ ...problem, source: `${base}:${problem.source ?? ''}` });
    };
    for (const problem of problems) report(problem);
    const desired: DesiredApplication[] = [];
    const { selection } = options;
    for await (const application of readDesiredApplications({ ...checkedOut, settings, selection, report })) {
      desired.push(application);
    }
    if (reporting.wrong) return;
    context.emit({ type: 'run-started', command: 'diff', place: undefined });
    await emitPlan(compareRevisions({ settings, desired }, head, head.project), { settings: head.settings, context });
  } finally {
    await checkedOut.close();
  }
}

const missing = new Set(['tree-not-found', 'selection-empty']);
