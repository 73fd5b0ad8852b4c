// Reports with given texts in every position that a configuration, a name or AWS can fill.
import type { Change } from '../../src/core/document/diff-values.ts';
import type { Report } from '../../src/core/events/report.ts';
import { unknownAccountRegion } from '../../src/core/model/account-region.ts';
import type { Address } from '../../src/core/model/address.ts';
import { emptyPlan } from '../../src/core/plan/empty-plan.ts';
import { type Plan, type PlannedAddress, plannedAddress } from '../../src/core/plan/plan.ts';
import type { Problem } from '../../src/core/problem/problem.ts';
import type { Review } from '../../src/core/review/review.ts';

export interface ReportSize {
  readonly tenants: number;
  readonly groups: number;
  /** Of everything else. */
  readonly each: number;
}

/** @param text gives the next text of a position @param name the same of names, which are short */
export function reportOf(
  { tenants, groups, each }: ReportSize,
  { text, name }: { readonly text: (what: string) => string; readonly name: (what: string, index: number) => string },
): Report {
  const many = <T>(make: (index: number) => T) => Array.from({ length: each }, (_, index) => make(index));
  const source = () => ({ file: text('file'), line: 3 });
  const change = (): Change => ({
    ...{ op: 'replace', path: text('path'), before: text('before'), after: text('after') },
    ...{ source: source() },
  });
  const addresses: Address[] = Array.from({ length: tenants }, (_, index) => ({
    tenant: name('tenant', index),
    environment: name('environment', 0),
    configurationProfile: name('profile', 0),
  }));
  const problem = (index: number): Problem => ({
    code: index % 2 === 0 ? 'content-invalid' : 'guard-shrink',
    severity: index % 3 === 0 ? 'warning' : 'error',
    message: text('message'),
    source: source(),
    hint: { text: text('hint'), command: { run: 'same', args: ['--tenant', text('argument')] } },
  });
  const planned: PlannedAddress[] = addresses.map((address, index) =>
    plannedAddress({
      ...{ address, application: name('application', index), accountRegion: unknownAccountRegion.id },
      ...{ action: index % 7 === 0 ? 'create' : 'update', reason: text('reason') },
      ...{ wave: name('wave', 0), changeGroup: String(index % groups), deploymentStrategy: name('strategy', 0) },
    }),
  );
  const plan: Plan = {
    ...emptyPlan('comparison', 'p', unknownAccountRegion),
    addresses: planned,
    settingsChanges: many((index) => ({
      ...{ path: text('path'), before: text('before'), after: text('after'), loosened: index % 2 === 0 },
      ...{ reason: text('reason'), addresses: 3, source: { file: 'appcfg.yml', line: 1 } },
    })),
    changeGroups: Array.from({ length: groups }, (_, group) => ({
      id: String(group),
      addresses: addresses.filter((_address, index) => index % groups === group),
      changes: [change(), { ...change(), flag: text('flag') }],
    })),
    waves: many((index) => ({
      ...{ name: name('wave', index), soakMinutes: 10, maxFailures: 1, addresses: tenants, live: 0 },
      ...{ environments: tenants, blocked: 0, liveSince: undefined },
    })),
  };
  const changedTenant = (index: number) => ({
    ...{ tenant: name('tenant', index), from: name('tenant', index + 1) },
    ...{ environments: [name('environment', index)], configurations: 2 },
  });
  const changedEnvironment = (index: number) => ({
    ...{ environment: name('environment', index), tenant: index % 2 === 0 ? name('tenant', index) : undefined },
    ...{ from: name('environment', index), configurations: 2 },
  });
  const comings = <T>(make: (index: number) => T) => ({ added: many(make), removed: many(make), renamed: many(make) });
  const at = (index: number): Address => addresses[index % tenants] as Address;
  const review: Review = {
    base: { revision: text('revision'), commit: 'c'.repeat(40) },
    verdict: text('verdict'),
    totals: many((index) => ({
      ...{ configurationProfile: name('profile', index), environment: name('environment', index % 3) },
      ...{ addresses: 500, changed: 482, shielded: 15, outliers: 3 },
    })),
    edits: many((index) => ({
      ...{ file: text('file'), source: source(), layer: 'template', configurationProfile: name('profile', index) },
      ...{ environment: undefined, paths: [text('path'), text('path')], concerned: 9, reachesNone: index % 2 === 0 },
      ...{ reached: 1, shielded: 2, outliers: 3 },
      keptByTemplate: [
        {
          environment: name('environment', index),
          paths: [text('path')],
          source: source(),
          values: [{ path: text('path'), value: text('value') }],
        },
      ],
    })),
    shielded: many((index) => ({
      file: text('file'),
      paths: [text('path')],
      source: source(),
      values: [{ path: text('path'), value: text('value') }],
      addresses: [at(index)],
    })),
    outliers: many((index) => ({
      ...{ address: at(index), file: text('file'), source: source(), changes: [change()], expected: [change()] },
    })),
    tenants: comings(changedTenant),
    environments: comings(changedEnvironment),
    label: undefined,
    rollout: undefined,
    newAddresses: many((index) => ({
      ...{ configurationProfile: name('profile', index), environment: name('environment', index) },
      ...{ addresses: [{ ...at(index), tenant: name('tenant', index) }], changes: [change()] },
    })),
  };
  return {
    ...{ command: 'diff', plan, review, results: [], problems: many(problem), omittedProblems: 0, addresses: [] },
    ...{ environments: [], waves: [], hasFailingState: false, hasFault: false, interruptedBy: undefined },
  };
}
