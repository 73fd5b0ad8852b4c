// Finds and reads appcfg.yml. core/settings-file/parse-settings.ts checks what is in it.
import type { Problem } from '../core/problem/problem.ts';
import { defaultSettings } from '../core/settings/settings.ts';
import { type ParsedSettings, parseSettings, unknownSettings } from '../core/settings-file/parse-settings.ts';
import { type TreeSource, unreadable } from './tree-source.ts';

const names = ['appcfg.yml', 'appcfg.yaml'];

/** The settings of a tree; the defaults where it has no file. */
export async function readSettings(source: TreeSource): Promise<ParsedSettings> {
  const [path, other] = names.filter((name) => source.kindOf(name) !== undefined);
  if (path === undefined) return { settings: defaultSettings, problems: ignoredFiles(source) };
  if (other !== undefined) return refused(invalid(other, `${path} and ${other} both exist`, 'delete one of them'));
  const kind = source.kindOf(path);
  if (typeof kind === 'object') return refused(kind);
  let bytes: Uint8Array;
  try {
    bytes = source.bytes(path);
  } catch (error) {
    return refused(unreadable(path, error));
  }
  let text: string;
  try {
    text = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    return refused(invalid(path, 'the file is not UTF-8', 'save it as UTF-8'));
  }
  return parseSettings(text, path);
}

function refused(problem: Problem): ParsedSettings {
  return { settings: unknownSettings, problems: [problem] };
}

function invalid(file: string, message: string, hint: string): Problem {
  return { code: 'settings-invalid', severity: 'error', message, hint: { text: hint }, source: { file } };
}

/** Files that look like settings and are not read. */
function ignoredFiles(source: TreeSource): readonly Problem[] {
  return source
    .list('')
    .filter(({ name }) => /^appcfg\.(ya?ml|json)$/i.test(name))
    .map(({ name }) => ({
      code: 'file-ignored',
      severity: 'warning',
      message: 'ignored: the settings are in appcfg.yml',
      hint: {
        text: 'rename it',
        command: { program: ['git', 'mv'], paths: [name, 'appcfg.yml'], from: 'tree' },
      },
      source: { file: name },
    }));
}
