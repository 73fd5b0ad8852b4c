// `-o`: formats and files.
import { failure } from '../core/problem/problem.ts';
import { invalidValue, parseChoice } from '../core/settings/parse-values.ts';
import type { Format } from '../report/formats.ts';

/** One `-o`: a format, on stdout or in a file. */
export interface OutputTarget {
  readonly format: Format;
  readonly file?: string;
}

/** `json` or `json=diff.json`; at most one without a file, for stdout. @throws AppcfgError */
export function parseOutputs(texts: readonly string[], formats: readonly Format[]): readonly OutputTarget[] {
  const outputs = texts.map((text): OutputTarget => {
    const [name = '', ...rest] = text.split('=');
    const format = parseChoice(name, '--output', formats);
    if (rest.length === 0) return { format };
    const file = rest.join('=');
    if (file === '') throw invalidValue('--output', text, 'FORMAT or FORMAT=FILE', 'json=diff.json');
    return { format, file };
  });
  if (outputs.filter((output) => output.file === undefined).length > 1) {
    throw failure('usage-invalid', 'only one output can go to stdout', {
      hint: { text: 'write the others to files: -o text -o json=out.json' },
    });
  }
  return outputs;
}
