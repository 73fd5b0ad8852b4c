// Valid and invalid rules, and that the emulator's reader, which was written independently, has the same verdict.
import { expect, test } from 'vitest';
import { ruleProblem } from '../../../src/core/flags/check-flag-rule.ts';
import { findRuleProblem } from '../../../src/emulator/rules/check-flag-rule.ts';

const valid = [
  '(eq $tier "premium")',
  '(and true (eq $tier "premium"))',
  '(split pct::10 by::$userId seed::"abc")',
  '(split by::$userId pct::0.5)',
  '(in $tier ["premium", "gold"])',
  '(in $tier [])',
  '(exists key::"tier")',
  '(matches in::$name pattern::"^a.*")',
  '(not (or (lt $age 18) (gte $age 65) (eq $country "DE")))',
  '(gt $date 2024-01-01T00:00:00Z)',
  '(gt $date 2024-01T)',
  '(eq $x -1.5e3)',
  '(eq $text "a \\"quoted\\" (text)")',
  '  ( eq $tier\n"premium" ) ',
  '(eq $tier /* why */ "premium")',
  '(eq $tier "premium") // why',
  '(eq $tier "premium") // (nope',
  '(eq $tier "premium") /* why */ // and more',
  '// why\n(eq $tier "premium")',
  '(eq $tier // "gold"\n "premium")',
  '(eq $tier//why\n"premium")',
  '(eq $tier/* why */"premium")',
  '/* a * b ** c */(eq $tier "premium")/**/',
  '(eq $tier "// no comment")',
];

const invalid: readonly [rule: string, message: string][] = [
  ['(eq $tier "premium") /* why', 'invalid operand'],
  ['(eq $tier "premium") /*why', 'invalid operand'],
  ['(eq $tier "premium") / why', 'invalid operand'],
  ['(eq $tier "premium") // why\n$more', 'nothing must follow'],
  ['// (eq $tier "premium")', 'an expression in parentheses'],
  ['(eq $tier /* a */ ? /* b */ "premium")', 'invalid operand'],
  ['not-a-rule', 'an expression in parentheses'],
  ['true', 'an expression in parentheses'],
  ['$tier', 'an expression in parentheses'],
  ['', 'an expression in parentheses'],
  ['(nope $tier "premium")', 'unknown operator "nope"'],
  ['()', 'unknown operator'],
  ['(and true premium)', 'unknown word "premium"'],
  ['(eq $tier)', 'wrong number of operands of eq: 1; expected 2'],
  ['(eq $a "b" "c")', 'operands of eq: 3'],
  ['(not)', 'operands of not: 0'],
  ['(and true)', 'at least 2'],
  ['(gt $date 2024-01)', 'gt'],
  ['(eq $tier "premium"', 'a closing parenthesis is missing'],
  ['(eq $tier "premium"))', 'follow the last parenthesis'],
  ['(eq $tier "premium") (eq $a "b")', 'follow the last parenthesis'],
  ['(in $tier ["a" "b"])', 'comma'],
  ['(in $tier [$a])', 'constants'],
  ['(in $tier ["a")', 'list'],
  ['(split pct::101 by::$userId)', 'percentage'],
  ['(split pct::-1 by::$userId)', 'percentage'],
  ['(split pct::10)', '(split pct::… by::… [seed::…])'],
  ['(split 10 $userId)', '(split pct::… by::… [seed::…])'],
  ['(exists "tier")', '(exists key::…)'],
  ['(matches in::$name)', '(matches in::… pattern::…)'],
  ['(eq $tier "premium)', 'invalid operand: "premium'],
  [`${'(not '.repeat(200)}true${')'.repeat(200)}`, 'nested more than 100 levels deep'],
];

test.each(valid)('%s is valid', (rule) => {
  expect([ruleProblem(rule), findRuleProblem(rule)]).toEqual([undefined, undefined]);
});

test.each(invalid)('%s is not', (rule, message) => {
  expect(ruleProblem(rule)).toContain(message);
  expect(findRuleProblem(rule)).toBeDefined();
});
