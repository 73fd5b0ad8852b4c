// Names in braces in the texts of settings, such as `alias/{tenant}`: which may stand where, and how they are replaced.

const placeholders = {
  applicationName: ['tenant'],
  environment: ['tenant', 'environment', 'account', 'region'],
  deployment: ['tenant', 'environment', 'account', 'region', 'commit', 'pipeline', 'url'],
  profile: ['tenant', 'account', 'region'],
} as const;

/** What a text is about, and so which placeholders it may have. */
export type TextKind = keyof typeof placeholders;

/** By name. */
export type PlaceholderValues<Kind extends TextKind> = Readonly<
  Record<(typeof placeholders)[Kind][number], string | undefined>
>;

/** Replaces `{name}` by its value, literally. Placeholders without a value stay. */
export function fillPlaceholders(text: string, values: Readonly<Record<string, string | undefined>>): string {
  return text.replace(/\{(\w+)\}/g, (placeholder, name: string) => values[name] ?? placeholder);
}

/** The placeholders of a text that nothing replaces. */
export function unknownPlaceholders(text: string, kind: TextKind): readonly string[] {
  return (text.match(/\{[^}]*\}/g) ?? []).filter((placeholder) => !namesOf(kind).includes(placeholder));
}

/** `only {tenant}, {account} and {region} are replaced` */
export function replacedPlaceholders(kind: TextKind): string {
  const names = namesOf(kind);
  const others = names.slice(0, -1).join(', ');
  return others === '' ? `only ${names[0]} is replaced` : `only ${others} and ${names.at(-1)} are replaced`;
}

function namesOf(kind: TextKind): readonly string[] {
  return placeholders[kind].map((name) => `{${name}}`);
}
