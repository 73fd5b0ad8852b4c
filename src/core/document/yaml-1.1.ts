// How a YAML 1.1 parser, such as PyYAML or SnakeYAML, reads plain scalars. Source: yaml.org/type.

/** What YAML 1.1 reads a plain scalar as, where YAML 1.2 reads it as something else; undefined where they agree. */
export function yaml11Reading(text: string): string | undefined {
  if (isYaml11Boolean(text)) return 'a boolean';
  if (/^[-+]?[0-9][0-9_]*(?::[0-5]?[0-9])+(?:\.[0-9_]*)?$/.test(text)) return 'a number in base 60';
  if (/^[0-9]{4}-[0-9]{1,2}-[0-9]{1,2}(?:(?:[Tt]|[ \t]+)[0-9]{1,2}:[0-9]{2}:[0-9]{2}.*)?$/.test(text)) return 'a date';
  if (/^[-+]?0[0-7]+$/.test(text)) return 'an octal number';
  if (/^[-+]?0[0-9]+$|^0o[0-7]+$/.test(text)) return 'a string';
  // A YAML 1.1 float with an exponent needs a decimal point, and a sign in the exponent.
  if (/^[-+]?(?:[0-9]+[eE][-+]?|[0-9]*\.[0-9]*[eE])[0-9]+$/.test(text)) return 'a string';
  if (text.includes('_') && /^[-+]?(?:0x[0-9a-fA-F_]+|[0-9][0-9_]*(?:\.[0-9_]*)?)$/.test(text)) return 'a number';
  return /^[-+]?0b[01_]+$|^[-+]0x[0-9a-fA-F]+$/.test(text) ? 'a number' : undefined;
}

/** Strings to YAML 1.2. */
export function isYaml11Boolean(text: string): boolean {
  return /^(?:y|n|yes|no|on|off)$/i.test(text);
}
