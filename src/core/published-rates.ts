/**
 * Calls a second for each control-plane operation; not adjustable. Source: AWS General Reference, "AWS AppConfig
 * endpoints and quotas": 10 for each but Get* (100) and tagging (20). ListTagsForResource is not named; it counts as a list.
 */
export function publishedRate(operation: string): number {
  if (operation.startsWith('Get')) return 100;
  if (operation === 'TagResource' || operation === 'UntagResource') return 20;
  return 10;
}
