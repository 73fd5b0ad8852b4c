// A job's log as GitLab reads it: its sections, and what is wrong with their markers.

export interface LogSection {
  readonly name: string;
  readonly isFolded: boolean;
  /** The title first. */
  readonly lines: readonly string[];
}

export interface JobLog {
  /** In their order, without the markers. */
  readonly lines: readonly string[];
  readonly sections: readonly LogSection[];
  /** The lines that are in no section. */
  readonly outside: readonly string[];
  readonly faults: readonly string[];
}

/** What GitLab looks for in a log, wherever it stands in a line. */
const marker = /(?:\u001b\[0K)?section_(start|end):(\d+):([a-zA-Z0-9_.-]+)(?:\[(.*)\])?\r\u001b\[0K/g;

export function readJobLog(text: string): JobLog {
  const lines: string[] = [];
  const outside: string[] = [];
  const sections: { name: string; isFolded: boolean; lines: string[] }[] = [];
  const faults: string[] = [];
  const names = new Set<string>();
  let open: (typeof sections)[number] | undefined;
  const add = (part: string) => {
    for (const line of part.split('\n').filter((each) => each !== '')) {
      lines.push(line);
      (open?.lines ?? outside).push(line);
    }
  };
  let end = 0;
  for (const found of text.matchAll(marker)) {
    add(text.slice(end, found.index));
    end = found.index + found[0].length;
    const [, what, , name = '', options] = found;
    if (what === 'end') {
      if (open?.name !== name) faults.push(`${name} ends, but ${open?.name ?? 'nothing'} is open`);
      open = undefined;
      continue;
    }
    if (open !== undefined) faults.push(`${name} begins within ${open.name}`);
    if (names.has(name)) faults.push(`${name} begins again`);
    names.add(name);
    open = { name, isFolded: options === 'collapsed=true', lines: [] };
    sections.push(open);
  }
  add(text.slice(end));
  if (open !== undefined) faults.push(`${open.name} stays open`);
  for (const line of lines) {
    if (/[\u0000-\u001f\u007f-\u009f]/.test(line.replace(/\u001b\[\d+m/g, '')))
      faults.push(`a control character: ${line}`);
  }
  return { lines, sections, outside, faults };
}
