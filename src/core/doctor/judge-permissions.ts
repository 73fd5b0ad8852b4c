// What the responses to harmless calls prove about permissions.
import type { Check } from './check.ts';

/** The response to a call that cannot succeed, or that only reads. */
export interface ProbedAction {
  readonly action: string;
  /** `allowed`: it was carried out, or AppConfig has not found what it was for. */
  readonly response: 'allowed' | 'denied' | 'unclear';
  /** AWS's text. */
  readonly reason: string;
  /** Whether it was for a resource that does not exist: a policy that tags narrow denies that, too. */
  readonly isOfMissing: boolean;
}

/**
 * A denial for what does not exist is a fault only if the policy allows another such call: otherwise tags may narrow it. Calls
 * that read and calls that write are judged apart, because policies narrow them apart.
 */
export function judgePermissions(probed: readonly ProbedAction[]): readonly Check[] {
  const reads = probed.filter(({ action }) => isRead(action));
  const writes = probed.filter(({ action }) => !isRead(action));
  return [...reads, ...writes].map((each) => {
    const group = isRead(each.action) ? reads : writes;
    const isNarrowed = group.every(({ isOfMissing, response }) => !isOfMissing || response !== 'allowed');
    return judged(each, isNarrowed);
  });
}

function judged({ action, response, reason, isOfMissing }: ProbedAction, isNarrowed: boolean): Check {
  const about = { name: action, isPermission: true };
  if (response === 'allowed') return { ...about, result: 'ok', detail: 'allowed' };
  if (response === 'unclear') return { ...about, result: 'not-checkable', detail: reason };
  if (isOfMissing && isNarrowed) {
    const detail = 'denied for a resource that does not exist, as by every policy with a condition on tags';
    return { ...about, result: 'not-checkable', detail };
  }
  return {
    ...about,
    result: 'fault',
    detail: `denied${/(?: because | with an explicit deny ).*/.exec(reason)?.[0] ?? `: ${reason}`}`,
    hint: { text: `allow the IAM action appconfig:${action}` },
  };
}

function isRead(action: string): boolean {
  return /^(?:List|Get)/.test(action);
}
