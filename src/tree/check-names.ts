// Names of tenants, environments and configuration profiles that AppConfig does not accept or cannot tell apart.
import { longestNames } from '../core/model/service-limits.ts';
import type { Problem } from '../core/problem/problem.ts';

/** Whether AppConfig accepts a name. @param path of the file or folder that the name is from */
export function nameProblem(name: string, kind: keyof typeof longestNames, path: string): Problem | undefined {
  const longest = longestNames[kind];
  // The common case, without splitting the name into characters.
  if (/^[ -~]*$/.test(name) && name.length <= longest) return undefined;
  const length = [...name].length;
  const hasControls = [...name].some((char) => char < ' ' || char === '\u007f');
  if (length <= longest && !hasControls && name.isWellFormed() && !name.includes('\ufffd')) return undefined;
  return {
    code: 'name-invalid',
    severity: 'error',
    message:
      length > longest
        ? `the ${kind} name "${name.slice(0, 40)}…" has ${length} characters, which exceeds the limit of ${longest}`
        : `the ${kind} name ${JSON.stringify(name)} has control characters, or is not valid Unicode`,
    hint: { text: 'rename it' },
    source: { file: path },
  };
}

/**
 * Tenants whose applications have the same name but for case or Unicode form: AppConfig accepts both, but file systems and
 * users confuse them. @param applicationOf the name of a tenant's application
 */
export function collisionProblems(
  tenants: readonly string[],
  applicationOf: (tenant: string) => string,
): readonly Problem[] {
  const seen = new Map<string, string>();
  return tenants.flatMap((tenant): Problem[] => {
    const folded = applicationOf(tenant).normalize('NFC').toLowerCase();
    const other = seen.get(folded);
    seen.set(folded, tenant);
    if (other === undefined) return [];
    return [
      {
        code: 'name-collision',
        severity: 'error',
        message: `the tenants "${other}" and "${tenant}" differ only in case or Unicode form`,
        hint: { text: 'rename one of them' },
        source: { file: `tenants/${tenant}` },
      },
    ];
  });
}
