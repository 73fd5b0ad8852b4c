import { selectsAll } from '../../core/model/selection.ts';
import type { CommandName } from '../../core/problem/hint.ts';
import { AppcfgError } from '../../core/problem/problem.ts';
import { applicationsBefore } from '../../core/settings/waves.ts';
import type { LoadedProject } from '../load-project.ts';
import type { CommonOptions, WaveOption } from '../options.ts';
import { settingsRefusal } from '../settings-base.ts';
import { type Session, type SessionOptions, withSession } from './session.ts';

/**
 * Connects to the accounts and Regions of a run, emits which these are, and closes the connections at the end.
 * @throws AppcfgError, before the first call, for settings that a merge request must not change
 */
export async function runSession(
  command: CommandName,
  options: SessionOptions,
  use: (session: Session) => Promise<void>,
): Promise<void> {
  const refusal = options.options.local ? undefined : await settingsRefusal(options, options.context);
  if (refusal !== undefined) throw new AppcfgError([refusal]);
  await withSession(options, async (session) => {
    const { emit } = options.context;
    emit({ type: 'run-started', command, targets: session.reached.map(({ target }) => target) });
    emit({ type: 'phase-started', phase: 'reading-live-state' });
    await use(session);
  });
}

/**
 * The session for what the tree has. Where all of it is selected, orphans are looked for in every account and Region. With one
 * wave, those before it are judged in every account and Region, too.
 */
export function sessionForTree(
  { settings, project, desired }: LoadedProject,
  run: Pick<SessionOptions, 'access' | 'context'> & { readonly options: CommonOptions & Partial<WaveOption> },
): SessionOptions {
  const everywhere = selectsAll(run.options.selection) && run.options.wave === undefined;
  const judged = applicationsBefore({ settings, desired }, run.options.wave);
  return { ...run, settings, project, desired, judged, everywhere };
}
