import { look } from '../../appconfig/await-deployment.ts';
import type { Connection } from '../../appconfig/client.ts';
import { readLiveState } from '../../appconfig/read-live-state.ts';
import { assessApplication, type Verdict } from '../../core/assess.ts';
import type { Problem } from '../../core/errors.ts';
import type { AddressStatus } from '../../core/events.ts';
import type { LiveApplication } from '../../core/live.ts';
import { blockingProblems, orphanedApplicationWarnings, orphanWarnings } from '../../core/make-plan.ts';
import { parseDescription } from '../../core/provenance.ts';
import { statusOf } from '../../core/status.ts';
import type { Context } from '../context.ts';
import type { StatusOptions } from '../options.ts';
import { policyOf, prepare, readingProgress } from '../prepare.ts';
import { withSession } from '../session.ts';
import { applicationsOf } from '../waves.ts';

/** Shows every address: what is live, since when, from which commit, and whether that is what the tree wants. */
export async function status(options: StatusOptions, context: Context): Promise<void> {
  const prepared = await prepare(options, context);
  if (prepared === undefined) return;
  const { settings, project, relationTo } = prepared;
  const desired = applicationsOf(prepared, options.wave);
  await withSession({ options, settings, project, access: 'read', context }, async ({ connection, place, signal }) => {
    context.emit({ type: 'run-started', command: 'status', place });
    context.emit({ type: 'phase-started', phase: 'reading-live-state' });
    const policy = policyOf(prepared, place, options);
    const live = await readLiveState(connection, desired, {
      policy,
      relationTo,
      signal,
      onProgress: readingProgress(context),
    });
    const addresses: AddressStatus[] = [];
    const problems: Problem[] = [];
    for (const wanted of desired) {
      const found = live.applications.get(wanted.name);
      const assessment = assessApplication(wanted, found, policy);
      addresses.push(
        ...(await Promise.all(
          assessment.verdicts.map((verdict) => readStatus(connection, verdict, found?.application)),
        )),
      );
      problems.push(
        // To a status, which refuses nothing, what blocks a sync is a thing to know.
        ...blockingProblems(assessment).map((problem): Problem => ({ ...problem, severity: 'warning' })),
        ...orphanWarnings(wanted, assessment),
      );
    }
    problems.push(...orphanedApplicationWarnings(live, policy));
    for (const problem of problems) context.emit({ type: 'problem-found', problem });
    context.emit({ type: 'status-read', addresses });
  });
}

/** The commit stands in the live deployment's description, which the lists do not carry. */
async function readStatus(
  connection: Connection,
  verdict: Verdict,
  application: LiveApplication | undefined,
): Promise<AddressStatus> {
  const environment = application?.environments.get(verdict.desired.address.environment);
  const live = verdict.profile && environment?.histories.get(verdict.profile.id)?.completed;
  if (application === undefined || environment === undefined || live === undefined) {
    return statusOf(verdict, environment, {});
  }
  const answer = await look(connection, {
    applicationId: application.id,
    environmentId: environment.id,
    deploymentNumber: live.number,
    what: application.name,
  });
  return statusOf(verdict, environment, parseDescription(answer.Description ?? ''));
}
