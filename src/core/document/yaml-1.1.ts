/** Letters (but f, n, o, t, y and their capitals) and other characters that begin no number, null or boolean. */
export function isPlainWord(first: number): boolean {
  if (first >= 97 && first <= 122)
    return first !== 102 && first !== 110 && first !== 111 && first !== 116 && first !== 121;
  if (first >= 65 && first <= 90) return first !== 70 && first !== 78 && first !== 79 && first !== 84 && first !== 89;
  return first === 47 || first === 95 || first > 127;
}

/** What a plain scalar is to YAML 1.1, where that differs from the core schema. Source: yaml.org/type. */
export function readingOfYaml11(text: string): string | undefined {
  if (/^(?:y|n|yes|no|on|off)$/i.test(text)) return 'a boolean';
  if (/^[-+]?[0-9][0-9_]*(?::[0-5]?[0-9])+(?:\.[0-9_]*)?$/.test(text)) return 'a number in base 60';
  if (/^[0-9]{4}-[0-9]{1,2}-[0-9]{1,2}(?:(?:[Tt]|[ \t]+)[0-9]{1,2}:[0-9]{2}:[0-9]{2}.*)?$/.test(text)) return 'a date';
  if (/^[-+]?0[0-7]+$/.test(text)) return 'an octal number';
  if (/^[-+]?0[0-9]+$|^0o[0-7]+$/.test(text)) return 'text';
  // Its exponents want a sign, and a point before them.
  if (/^[-+]?(?:[0-9]+[eE][-+]?|[0-9]*\.[0-9]*[eE])[0-9]+$/.test(text)) return 'text';
  if (text.includes('_') && /^[-+]?(?:0x[0-9a-fA-F_]+|[0-9][0-9_]*(?:\.[0-9_]*)?)$/.test(text)) return 'a number';
  return /^[-+]?0b[01_]+$|^[-+]0x[0-9a-fA-F]+$/.test(text) ? 'a number' : undefined;
}
