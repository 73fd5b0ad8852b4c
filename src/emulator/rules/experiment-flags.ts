// Flags as experiment runs deploy them: the flag of each run gets a variant for each treatment. That there are variants, their keys,
// their rules over $entityId and the seed were recorded from AWS; how the rules are put together is the emulator's choice.
import { canonicalJson } from '../wire/canonical-json.ts';
import { isObject, ownMember } from '../wire/is-object.ts';
import { type FlagProblem, findFlagProblems } from './find-flag-problems.ts';

type Members = Readonly<Record<string, unknown>>;

/** A run, with treatments spelled as on the wire: the control comes first. */
export interface RunningExperiment {
  readonly flagKey: string;
  readonly audienceRule: string;
  readonly treatments: readonly Members[];
  /** Percent of the audience. */
  readonly exposure: number;
  /** Keys of treatments by entity. */
  readonly overrides: Readonly<Record<string, string>>;
  readonly seed: string;
}

/** @param stored the live version of a profile of feature flags */
export function experimentFlags(
  stored: Uint8Array,
  runs: readonly RunningExperiment[],
): { readonly content: Buffer; readonly problems: readonly FlagProblem[] } {
  const document = objectOf(JSON.parse(Buffer.from(stored).toString('utf8')));
  const values = { ...objectOf(document.values) };
  for (const run of runs) values[run.flagKey] = withVariants(objectOf(ownMember(values, run.flagKey)), run);
  const generated = { ...document, values };
  return { content: Buffer.from(canonicalJson(generated)), problems: findFlagProblems(generated) };
}

function withVariants(value: Members, run: RunningExperiment): Members {
  const { treatments, exposure, audienceRule, seed } = run;
  const total = treatments.reduce((sum, { Weight }) => sum + Number(Weight), 0);
  let share = 0;
  const exposed = treatments.map((treatment) => {
    share += total === 0 ? 0 : (exposure * Number(treatment.Weight)) / total;
    const percent = Math.min(Number(share.toFixed(6)), 100);
    // The first variant whose rule holds is served: each gets what the ones before it leave over.
    const split = `(split pct::${percent} by::$entityId seed::${JSON.stringify(seed)})`;
    return variantOf(treatment, String(treatment.Key), `(and ${split} ${audienceRule})`);
  });
  const overridden = treatments.flatMap((treatment) => {
    const entities = Object.entries(run.overrides).filter(([, key]) => key === treatment.Key);
    if (entities.length === 0) return [];
    const rules = entities.map(([entity]) => `(eq $entityId ${JSON.stringify(entity)})`);
    const rule = rules.length === 1 ? rules[0] : `(or ${rules.join(' ')})`;
    return [variantOf(treatment, `${treatment.Key}-override`, String(rule))];
  });
  const { _createdAt, _updatedAt, _variants, enabled, ...attributeValues } = value;
  const others = Array.isArray(_variants)
    ? _variants
    : [{ name: 'default', enabled: enabled ?? false, attributeValues }];
  return { _createdAt, _updatedAt, _variants: [...overridden, ...exposed, ...others] };
}

function variantOf({ FlagValue }: Members, name: string, rule: string): Members {
  const { Enabled: enabled, AttributeValues } = objectOf(FlagValue);
  const attributes = Object.entries(objectOf(AttributeValues)).map(([key, value]) => [
    key,
    Object.values(objectOf(value))[0],
  ]);
  return { name, enabled, rule, attributeValues: Object.fromEntries(attributes) };
}

function objectOf(value: unknown): Members {
  return isObject(value) ? value : {};
}
