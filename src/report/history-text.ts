// Past deployments as people read them.
import type { AddressHistory, DeploymentRecord } from '../core/live/deployment-history.ts';
import { count, cut, duration, padded, type Style, widthOf } from './style.ts';
import { visible } from './visible.ts';

const titles = ['deployment', 'state', 'version', 'started', 'took', 'by', 'commit', 'pipeline', 'label'];

export function historyText(
  histories: readonly AddressHistory[],
  options: { readonly style: Style; readonly width: number },
): string {
  if (histories.length === 0) return 'No deployments.\n';
  return histories.map((history) => addressText(history, options)).join('\n');
}

function addressText(
  { address, accountRegion: place, deployments, truncated: more }: AddressHistory,
  options: { readonly style: Style; readonly width: number },
): string {
  const { style, width } = options;
  const title = style.strong(`${visible(address)}${place === undefined ? '' : `  in ${place}`}`);
  if (deployments.length === 0) return `${title}\n  never deployed\n`;
  const table = [titles, ...deployments.map(cellsOf)];
  const widths = titles.map((_, column) => Math.max(...table.map((row) => widthOf(row[column] ?? ''))));
  const lines = table.map((row) =>
    cut(`  ${row.map((cell, column) => padded(cell, widths[column] ?? 0)).join('  ')}`.trimEnd(), width),
  );
  return [
    title,
    style.faint(lines[0] ?? ''),
    ...deployments.flatMap((deployment, index) => [
      coloured(lines[index + 1] ?? '', deployment, style),
      ...notesOf(deployment).map((note) => style.faint(cut(`    ${visible(note)}`, width))),
    ]),
    ...(more ? [style.faint(`  … and older ones; --limit ${deployments.length * 2} shows more`)] : []),
    '',
  ].join('\n');
}

function cellsOf(deployment: DeploymentRecord): readonly string[] {
  const { deploymentNumber, state, live, versionNumber, versionLabel, commit, dirty, pipeline } = deployment;
  return [
    String(deploymentNumber),
    `${state.toLowerCase().replace('_', ' ')}${live ? ', live' : ''}`,
    Number.isNaN(versionNumber) ? '-' : String(versionNumber),
    deployment.startedAt === undefined ? '-' : `${deployment.startedAt.slice(0, 16).replace('T', ' ')}Z`,
    deployment.seconds === undefined ? '-' : duration(deployment.seconds * 1000),
    visible(deployment.startedBy?.toLowerCase() ?? '-'),
    commit === undefined ? '-' : `${visible(commit.slice(0, 10))}${dirty ? '+' : ''}`,
    pipeline === undefined ? '-' : String(pipeline),
    versionLabel === undefined ? '-' : visible(versionLabel),
  ];
}

/** Why it ended, and what it was for. */
function notesOf({ rolledBackBy, rolledBackAt, reason, supersedes, quarantined }: DeploymentRecord): readonly string[] {
  const at = rolledBackAt === undefined ? '' : ` at ${rolledBackAt.slice(0, 16).replace('T', ' ')}Z`;
  return [
    ...(reason === undefined ? [] : [`${reason} (${(rolledBackBy ?? 'AppConfig').toLowerCase()}${at})`]),
    ...(supersedes === undefined ? [] : [`deployment ${supersedes} was stopped for it`]),
    ...(quarantined.length === 0 ? [] : [`a rollback, which put aside ${quarantined.join(', ')}`]),
  ];
}

function coloured(line: string, { state, live }: DeploymentRecord, style: Style): string {
  if (live) return style.strong(line);
  switch (state) {
    case 'ROLLED_BACK':
    case 'REVERTED':
    case 'ROLLING_BACK':
      return style.removed(line);
    case 'VALIDATING':
    case 'DEPLOYING':
    case 'BAKING':
      return style.changed(line);
    case 'COMPLETE':
      return line;
    default:
      return state satisfies never;
  }
}

/** `3 addresses` for a title. */
export function historySummary(histories: readonly AddressHistory[]): string {
  const deployments = histories.reduce((sum, history) => sum + history.deployments.length, 0);
  return `${count(deployments, 'deployment')} of ${count(histories.length, 'address', 'addresses')}`;
}
