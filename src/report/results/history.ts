// Past deployments as people read them.
import type { AddressHistory, DeploymentRecord } from '../../core/live/deployment-history.ts';
import { count } from '../../core/problem/quantity.ts';
import { accountRegionText, addressText, areInSeveral } from '../style/address-text.ts';
import { alignedRows } from '../style/aligned-rows.ts';
import { cut } from '../style/columns.ts';
import { visible } from '../style/escape.ts';
import { duration, utcTime } from '../style/quantities.ts';
import { deploymentStates } from '../style/state-words.ts';
import type { TextOptions } from '../style/text-options.ts';

type Options = Omit<TextOptions, 'verbose'>;

const titles = ['deployment', 'state', 'version', 'started', 'took', 'by', 'commit', 'pipeline', 'label'];

export function historyText(histories: readonly AddressHistory[], options: Options): string {
  if (histories.length === 0) return 'No deployments.\n';
  return histories
    .map((history) => addressHistoryText(history, { ...options, several: areInSeveral(histories) }))
    .join('\n');
}

/** `12 deployments of 3 addresses`. */
export function historySummary(histories: readonly AddressHistory[]): string {
  const deployments = histories.reduce((sum, history) => sum + history.deployments.length, 0);
  return `${count(deployments, 'deployment')} of ${count(histories.length, 'address', 'addresses')}`;
}

function addressHistoryText(
  history: AddressHistory,
  { style, width, several }: Options & { readonly several: boolean },
): string {
  const { deployments, truncated } = history;
  const title = style.strong(addressText(history.address) + accountRegionText(several ? history : {}));
  if (deployments.length === 0) return `${title}\n  never deployed\n`;
  const [header = '', ...lines] = alignedRows([titles, ...deployments.map(cellsOf)]).map((row) =>
    cut(`  ${row}`, width),
  );
  return [
    title,
    style.faint(header),
    ...deployments.flatMap((deployment, index) => [
      style[deployment.live ? 'strong' : deploymentStates[deployment.state].tone](lines[index] ?? ''),
      ...notesOf(deployment).map((note) => style.faint(cut(`    ${visible(note)}`, width))),
    ]),
    ...(truncated ? [style.faint(`  … and older ones; --limit ${deployments.length * 2} shows more`)] : []),
    '',
  ].join('\n');
}

function cellsOf(deployment: DeploymentRecord): readonly string[] {
  const { deploymentNumber, state, type, live, versionNumber, versionLabel, pipeline, startedAt, seconds } = deployment;
  return [
    String(deploymentNumber),
    `${deploymentStates[state].word}${live ? ', live' : ''}${type === 'MANAGED' ? ', managed' : ''}`,
    Number.isNaN(versionNumber) ? '-' : String(versionNumber),
    startedAt === undefined ? '-' : utcTime(startedAt),
    seconds === undefined ? '-' : duration(seconds * 1000),
    visible(deployment.startedBy?.toLowerCase() ?? '-'),
    commitText(deployment),
    pipeline === undefined ? '-' : String(pipeline),
    versionLabel === undefined ? '-' : visible(versionLabel),
  ];
}

/** `1234567890`, with a plus if the tree had uncommitted changes. */
export function commitText({
  commit,
  dirty,
}: {
  readonly commit: string | undefined;
  readonly dirty: boolean;
}): string {
  return commit === undefined ? '-' : `${visible(commit.slice(0, 10))}${dirty ? '+' : ''}`;
}

/** Why it ended, and what it replaced. */
function notesOf(record: DeploymentRecord): readonly string[] {
  const { description, project, rolledBackBy, rolledBackAt, reason, supersedes, quarantined } = record;
  const at = rolledBackAt === undefined ? '' : ` at ${utcTime(rolledBackAt)}`;
  return [
    // The members of appcfg's own are in the columns.
    ...(description === '' || project !== undefined ? [] : [`"${description}"`]),
    ...(reason === undefined ? [] : [`${reason} (${(rolledBackBy ?? 'AppConfig').toLowerCase()}${at})`]),
    ...(supersedes === undefined ? [] : [`superseded deployment ${supersedes}`]),
    ...(quarantined.length === 0 ? [] : [`rollback; quarantined ${quarantined.join(', ')}`]),
  ];
}
