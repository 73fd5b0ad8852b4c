// Globs and label selectors that match nothing: a typo must not silently select less.
import { matchesAny } from '../model/globs.ts';
import { formatLabelSelector, type LabelSelector } from '../model/selection.ts';
import type { Hint } from '../problem/hint.ts';
import type { Problem } from '../problem/problem.ts';
import { listNames, suggest } from '../problem/suggest.ts';

/** @param names all that the globs of a flag can match */
export function globProblems(flag: string, globs: readonly string[], names: ReadonlySet<string>): readonly Problem[] {
  return globs.flatMap((glob): Problem[] => {
    const plain = glob.replace(/^!/, '');
    if ([...names].some((name) => matchesAny(name, [plain]))) return [];
    return [emptySelection(`${flag} "${glob}" matches nothing`, suggest(plain, [...names]))];
  });
}

/** @param labels of each tenant */
export function selectorProblems(
  selectors: readonly LabelSelector[],
  labels: readonly ReadonlyMap<string, string>[],
): readonly Problem[] {
  return selectors.flatMap((selector): Problem[] => {
    const { key, value } = selector;
    const values = new Set(labels.map((each) => each.get(key)).filter((each) => each !== undefined));
    if ([...values].some((each) => matchesAny(each, [value]))) return [];
    const keys = [...new Set(labels.flatMap((each) => [...each.keys()]))];
    const hint =
      values.size > 0
        ? suggest(value, [...values], { text: `values of "${key}": ${listNames([...values])}` })
        : keys.length > 0
          ? suggest(key, keys)
          : { text: 'no tenant has labels: add them under `tenants:` in appcfg.yml' };
    return [emptySelection(`--selector "${formatLabelSelector(selector)}" matches no label of a tenant`, hint)];
  });
}

function emptySelection(message: string, hint: Hint): Problem {
  return { code: 'selection-empty', severity: 'error', message, hint };
}
