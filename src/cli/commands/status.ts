import { look } from '../../appconfig/await-deployment.ts';
import type { Connection } from '../../appconfig/client.ts';
import { assessApplication, type Verdict } from '../../core/assess.ts';
import type { Problem } from '../../core/errors.ts';
import type { AddressStatus } from '../../core/events.ts';
import type { LiveApplication } from '../../core/live.ts';
import { blockingProblems, orphanedApplicationWarnings, orphanWarnings } from '../../core/make-plan.ts';
import { addressesOf, planOfUnreached, toldOf } from '../../core/places.ts';
import { parseDescription } from '../../core/provenance.ts';
import { statusOf } from '../../core/status.ts';
import type { Context } from '../context.ts';
import type { StatusOptions } from '../options.ts';
import { type ReadPlace, readPlaces } from '../plan-places.ts';
import { emitStart, placesAbout, prepare } from '../prepare.ts';
import { withPlaces } from '../session.ts';
import { applicationsOf } from '../waves.ts';

/** Shows every address: what is live, since when, from which commit, and whether that is what the tree wants. */
export async function status(options: StatusOptions, context: Context): Promise<void> {
  const prepared = await prepare(options, context);
  if (prepared === undefined) return;
  const wanted = { ...prepared, desired: applicationsOf(prepared, options.wave) };
  await withPlaces(placesAbout(wanted, { options, access: 'read', context }), async (session) => {
    emitStart('status', session, context);
    const { read, unread } = await readPlaces(session, { prepared: wanted, options, context });
    const several = read.length + unread.length > 1;
    const addresses: AddressStatus[] = [];
    const problems: Problem[] = [];
    for (const place of read) {
      const found = await placeStatus(place);
      const at = several ? { place: place.at.planned.id } : {};
      addresses.push(...found.addresses.map((address) => ({ ...address, ...at })));
      const { id } = place.at.planned;
      problems.push(...found.problems.map((problem) => (several ? toldOf(problem, id) : problem)));
    }
    for (const { desired, problem } of unread) {
      problems.push(...planOfUnreached(desired, problem, { project: prepared.project, kind: 'sync' }).problems);
    }
    const order = new Map(addressesOf(prepared.desired).map((address, index) => [address, index]));
    const sorted = addresses.toSorted((a, b) => (order.get(a.address) ?? 0) - (order.get(b.address) ?? 0));
    for (const problem of problems) context.emit({ type: 'problem-found', problem });
    context.emit({ type: 'status-read', addresses: sorted });
  });
}

async function placeStatus({
  at,
  live,
  policy,
}: ReadPlace): Promise<{ readonly addresses: readonly AddressStatus[]; readonly problems: readonly Problem[] }> {
  const addresses: AddressStatus[] = [];
  const problems: Problem[] = [];
  for (const wanted of at.desired) {
    const found = live.applications.get(wanted.name);
    const assessment = assessApplication(wanted, found, policy);
    addresses.push(
      ...(await Promise.all(
        assessment.verdicts.map((verdict) => readStatus(at.connection, verdict, found?.application)),
      )),
    );
    problems.push(
      // To a status, which refuses nothing, what blocks a sync is a thing to know.
      ...blockingProblems(assessment).map((problem): Problem => ({ ...problem, severity: 'warning' })),
      ...orphanWarnings(wanted, assessment),
    );
  }
  problems.push(...orphanedApplicationWarnings(live, policy));
  return { addresses, problems };
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
