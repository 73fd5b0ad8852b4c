// Values in the forms of YAML that few people write: flow maps over several lines, explicit keys, anchors and merge keys, block
// strings, tabs, blank lines and comments wherever YAML allows them.
import { isJsonMap, type Json, type Whims } from './arbitraries.ts';

export interface OddText {
  readonly text: string;
  /** The comment in the line of a member, by the pointer of the member. */
  readonly comments: ReadonlyMap<string, string>;
}

/** The same whims give the same text. */
export function oddlyWritten(json: Json, hand: Whims): OddText {
  let next = 0;
  const whim = (choices: number) => ((hand[next % hand.length] ?? 0) + 7 * next++) % choices;
  const comments = new Map<string, string>();
  const comment = (pointer: string) => {
    const text = `# of ${pointer} ${next}`;
    comments.set(pointer, text);
    return whim(2) === 0 ? `  ${text}` : `\t${text}`;
  };
  let free = 0;
  const loose = (indent: string) =>
    [[], [], [`${indent}# loose ${++free}`], [''], ['', `${indent}# loose ${++free}`, '']][whim(5)] ?? [];
  const scalar = (value: Json): string => {
    if (typeof value === 'string') return [value, `'${value}'`, `"${value}"`][whim(3)] ?? value;
    if (value === null) return ['~', 'null'][whim(2)] ?? '~';
    return typeof value === 'object' && 'digits' in value ? (value as { digits: string }).digits : String(value);
  };
  const keyOf = (key: string) => [key, `"${key}"`, `'${key}'`][whim(3)] ?? key;
  const inLine = (value: Json): string => {
    if (Array.isArray(value)) return `[${value.map(inLine).join([', ', ' ,', ','][whim(3)])}]`;
    if (!isJsonMap(value)) return scalar(value);
    if (value.size === 0) return ['{}', '{ }'][whim(2)] ?? '{}';
    const members = [...value].map(([key, member]) => `${whim(6) === 0 ? '? ' : ''}${keyOf(key)} : ${inLine(member)}`);
    return `{${[' ', ''][whim(2)]}${members.join([', ', ',   ', ' , '][whim(3)])}${['', ' ', ', '][whim(3)]}}`;
  };
  const overLines = (value: ReadonlyMap<string, Json>, indent: string, pointer: string): string => {
    const members = [...value];
    const lines = members.flatMap(([key, member], index) => {
      const at = `${pointer}/${key}`;
      const isLast = index === members.length - 1;
      const comma = isLast && whim(2) === 0 ? '' : [',', ' ,'][whim(2)];
      const isTogether = !isLast && whim(4) === 0;
      const written =
        isJsonMap(member) && member.size > 0 && whim(2) === 0 ? overLines(member, `${indent}  `, at) : inLine(member);
      const line = `${indent}${keyOf(key)}: ${written}${comma}`;
      return isTogether
        ? [`${line} `]
        : [...loose(indent).filter((each) => each !== ''), `${line}${whim(3) === 0 ? comment(at) : ''}\n`];
    });
    const text = lines.map((line) => (line.endsWith('\n') || line.endsWith(', ') ? line : `${line}\n`)).join('');
    return `{${[` # open ${++free}`, ''][whim(2)]}\n${text.endsWith('\n') ? text : `${text}\n`}${indent}}`;
  };
  const member = (key: string, value: Json, { indent, pointer }: { indent: string; pointer: string }): string[] => {
    const at = `${pointer}/${key}`;
    const tail = () => (whim(3) === 0 ? comment(at) : '');
    if (isJsonMap(value) && value.size > 0) {
      if (whim(3) === 0) return [`${indent}${keyOf(key)}: ${overLines(value, `${indent}  `, at)}${tail()}`];
      if (whim(2) === 0) return [`${indent}${keyOf(key)}:${tail()}`, ...block(value, `${indent}  `, at)];
    }
    if (typeof value === 'string' && whim(3) === 0) {
      return [`${indent}${keyOf(key)}: ${['|-', '>-'][whim(2)]}${tail()}`, `${indent}  ${value}`];
    }
    if (Array.isArray(value) && value.length > 0 && whim(2) === 0) {
      return [`${indent}${keyOf(key)}:${tail()}`, ...value.map((item) => `${indent}- ${inLine(item)}`)];
    }
    if (whim(4) === 0) return [`${indent}? ${keyOf(key)}${tail()}`, `${indent}: ${inLine(value)}`];
    return [`${indent}${keyOf(key)}:${[' ', '  ', `\n${indent}   `][whim(3)]}${inLine(value)}${tail()}`];
  };
  const block = (value: ReadonlyMap<string, Json>, indent: string, pointer: string): string[] =>
    [...value].flatMap(([key, of]) => [...loose(indent), ...member(key, of, { indent, pointer })]);
  const root = isJsonMap(json) && json.size > 0;
  const shape = whim(5);
  let body: string;
  if (!root) body = inLine(json);
  else if (shape === 0) body = overLines(json, '  ', '');
  else if (shape === 1) body = inLine(json);
  else body = block(json, '', '').join('\n');
  const anchored =
    root && shape > 1 && whim(4) === 0
      ? ['', 'anchored: &anchor { own: 1 }', 'alias: *anchor', 'merged: { <<: *anchor, own2: 2 }'].join('\n')
      : '';
  const end = ['\n', '', '\n\n# end\n', '\n\n\n'][whim(4)] ?? '\n';
  const text = `${whim(4) === 0 ? '---\n' : ''}${whim(3) === 0 ? '# head\n\n' : ''}${body}${anchored}${end}`;
  return { text: whim(4) === 0 ? text.replaceAll('\n', '\r\n') : text, comments };
}
