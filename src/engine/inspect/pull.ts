import { readVersion } from '../../appconfig/read/read-facts.ts';
import { assessApplication } from '../../core/assess/assess-application.ts';
import { suggestAddress } from '../../core/assess/requested-addresses.ts';
import type { Verdict } from '../../core/assess/verdict.ts';
import { liveContentLearner } from '../../core/events/learn-contents.ts';
import { liveValue } from '../../core/live/live-content.ts';
import { type Address, type AddressGlob, isNamed } from '../../core/model/address.ts';
import { isAppcfgLabel } from '../../core/model/content.ts';
import { desiredAddresses } from '../../core/model/desired-state.ts';
import { profileTypes } from '../../core/model/resource.ts';
import { failure, type Problem } from '../../core/problem/problem.ts';
import { applicationNameOf } from '../../core/settings/application-name.ts';
import { changeFiles } from '../../files/change-files.ts';
import { emitUnreached, inAccountRegions } from '../connect/each-account-region.ts';
import { runSession, sessionForTree } from '../connect/run-session.ts';
import type { Context } from '../context.ts';
import { type LoadedProject, loadProject } from '../load-project.ts';
import type { PullOptions } from '../options.ts';
import { untrustedFolders } from '../untrusted-folders.ts';
import { type ChangedFile, changedFile, type WantedContent } from './changed-file.ts';
import { type ReadAccountRegion, readAccountRegions } from './read-account-regions.ts';

/** Writes live content into the tree, as the smallest override that renders to it. */
export async function pull(options: PullOptions, context: Context): Promise<void> {
  const loaded = await loadProject(options, context);
  if (loaded === undefined) return;
  const project = { ...loaded, desired: onlyNamed(loaded, options.addresses) };
  await runSession('pull', sessionForTree(project, { options, access: 'read', context }), async (session) => {
    const { read, unread } = await readAccountRegions(session, { project, options, context });
    emitUnreached(unread, context.emit);
    const { failed } = await inAccountRegions(session, read, async (each) => {
      for (const verdict of verdictsOf(each)) await pullAddress(verdict, each, { project, options, context });
    });
    emitUnreached(failed, context.emit);
  });
}

/** The applications with nothing but the named addresses. @throws AppcfgError where an address matches nothing */
function onlyNamed({ desired }: LoadedProject, globs: readonly AddressGlob[]): LoadedProject['desired'] {
  const addresses = desiredAddresses(desired);
  const [missing] = globs.filter((glob) => !addresses.some((address) => isNamed(address, [glob])));
  if (missing !== undefined) {
    throw failure('selection-empty', `the tree has no address "${missing.text}"`, {
      hint: suggestAddress(missing, addresses),
    });
  }
  return desired.flatMap((application) => {
    const environments = application.environments.flatMap((environment) => {
      const configurations = environment.configurations.filter(({ address }) => isNamed(address, globs));
      return configurations.length === 0 ? [] : [{ ...environment, configurations }];
    });
    return environments.length === 0 ? [] : [{ ...application, environments }];
  });
}

function verdictsOf({ at, live, policy }: ReadAccountRegion): readonly Verdict[] {
  return at.desired.flatMap(
    (desired) => assessApplication(desired, live.applications.get(desired.name), policy).verdicts,
  );
}

interface Run {
  readonly project: LoadedProject;
  readonly options: PullOptions;
  readonly context: Context;
}

async function pullAddress(verdict: Verdict, read: ReadAccountRegion, run: Run): Promise<void> {
  const { emit } = run.context;
  const { address } = verdict.desired;
  const isUnreadable = verdict.blockedBy !== undefined && verdict.changes === undefined;
  if (verdict.blockedBy !== undefined && isUnreadable) {
    emit({ type: 'problem-found', problem: verdict.blockedBy });
    return;
  }
  if (verdict.isLive) {
    emit({ type: 'configuration-pulled', address, file: undefined, isWritten: false });
    return;
  }
  const wanted = await wantedValue(verdict, read, run);
  const changed = typeof wanted === 'string' ? wanted : await changedFile(verdict.desired, wanted, run);
  if (typeof changed === 'string') {
    emit({ type: 'problem-found', problem: impossible(changed, verdict) });
    return;
  }
  if ('problems' in changed) {
    for (const problem of changed.problems) emit({ type: 'problem-found', problem: refusedBy(problem, address) });
    return;
  }
  if (!run.options.dryRun) await write(changed, run);
  emit({ type: 'configuration-pulled', address, file: changed.path, isWritten: !run.options.dryRun });
}

function impossible(message: string, { desired: { address } }: Verdict): Problem {
  return {
    code: 'override-impossible',
    severity: 'error',
    message: `${message}; nothing was written`,
    hint: { text: 'change the tree by hand, or overwrite what is live with sync --overwrite-drift' },
    subject: address,
  };
}

/** What the tree would have: its files have no position of it yet. */
function refusedBy({ source: _source, subject: _subject, ...problem }: Problem, address: Address): Problem {
  return {
    ...problem,
    message: `the tree would be invalid with the live content: ${problem.message}; nothing was written`,
    hint: { text: 'change the tree by hand, or overwrite what is live with sync --overwrite-drift' },
    subject: address,
  };
}

/** What users deployed, also where it is in flight; else what is live. Or why there is no such value. */
async function wantedValue(
  { desired, completed, drift, profile }: Verdict,
  { at, live }: ReadAccountRegion,
  { project, context }: Run,
): Promise<WantedContent | string> {
  const { tenant, environment } = desired.address;
  const found = live.applications.get(applicationNameOf(project.settings, tenant));
  const history = profile && found?.application.environments.get(environment)?.histories.get(profile.id);
  const served = history?.newest.number === drift?.deploymentNumber ? history?.newest : completed;
  if (found === undefined || profile === undefined || served === undefined) return 'nothing is live';
  const { application, facts } = found;
  const of = { profileId: profile.id, versionNumber: served.versionNumber };
  const version =
    facts.get({ kind: 'version', ...of }) ??
    (await readVersion(at.connection, { application, ...of, signal: context.signal }));
  if (version === 'missing') return `version ${served.versionNumber}, which is live, was deleted`;
  liveContentLearner(context.scrubber, project.settings)(application.name, version.text);
  const value = liveValue(version.text, desired.profileType);
  if (value === undefined) return 'the live content is neither valid JSON nor valid YAML';
  const isCompared = isAppcfgLabel(served.versionLabel) && !profileTypes[desired.profileType].isRewritten;
  return { value, versionLabel: isCompared ? served.versionLabel : undefined };
}

/** @throws AppcfgError */
function write(file: ChangedFile, { context }: Run): Promise<void> {
  return changeFiles([file], { directory: context.directory, untrusted: untrustedFolders(context) });
}
