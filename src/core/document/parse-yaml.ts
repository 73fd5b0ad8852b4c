// Text to Value: YAML 1.2 core schema and JSON, on js-yaml's events, with numbers kept and every problem placed.

import { type Event, getScalarValue, parseEvents, YAMLException } from 'js-yaml';
import { type LineAndColumn, lineStarts, positionAt } from '../model/source-position.ts';
import type { Hint } from '../problem/hint.ts';
import type { Problem } from '../problem/problem.ts';
import type { ProblemCode } from '../problem/problem-codes.ts';
import { pointerTo } from './json-pointer.ts';
import { jsonSyntaxProblem } from './json-syntax.ts';
import { createRedactor, type Redactor, redactionMark } from './redact.ts';
import {
  type ExactNumber,
  hasKey,
  isList,
  isMap,
  isNumber,
  marked,
  numberOf,
  numberText,
  unmarked,
  type Value,
  type ValueMap,
} from './value.ts';
import { isPlainWord, readingOfYaml11 } from './yaml-1.1.ts';

/** Levels of nesting, counted through aliases. */
const deepest = 100;

/** For a redactor that covers nothing. */
const nothing: readonly string[] = [];

/** Values of one document with its aliases expanded. */
const mostNodes = 1_000_000;

/** Characters that aliases of one document stand for: four times what AppConfig takes as a whole. */
const mostCharacters = 8_388_608;

export interface ParsedDocument {
  /** Undefined: the document is empty, or a problem kept it from being read. */
  readonly value: Value | undefined;
  readonly problems: readonly Problem[];
}

export interface ParseOptions {
  /** For the problems' places. */
  readonly path: string;
  /** `json` asks for strict JSON. */
  readonly format?: 'yaml' | 'json';
  /** What it covers, no problem quotes. */
  readonly redact?: Redactor;
}

export function parseDocument(text: string, about: ParseOptions): ParsedDocument {
  return build(text, about, undefined);
}

/** Where each value of a document stands, by JSON Pointer: a map's member at its key. Empty where the text does not parse. */
export function locate(text: string): ReadonlyMap<string, LineAndColumn> {
  const offsets = new Map<string, number>();
  build(text, { path: '' }, offsets);
  const lines = lineStarts(text);
  return new Map([...offsets].map(([pointer, offset]) => [pointer, positionAt(offset, lines)]));
}

/** Content that somebody deployed, whatever its content type says. Undefined where it is neither YAML nor JSON. */
export function parseLiveContent(bytes: Uint8Array): Value | undefined {
  let text: string;
  try {
    text = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    return undefined;
  }
  const { value, problems } = parseDocument(text, { path: '' });
  return problems.some((problem) => problem.severity === 'error') ? undefined : value;
}

function build(text: string, about: ParseOptions, offsets: Map<string, number> | undefined): ParsedDocument {
  let events: Event[];
  try {
    events = parseEvents(text, { maxDepth: deepest });
  } catch (error) {
    if (!(error instanceof YAMLException)) throw error;
    return { value: undefined, problems: [syntaxProblem(error, about)] };
  }
  const builder = new Builder(text, events, { about, offsets });
  const value = builder.document();
  const { problems } = builder;
  if (about.format === 'json' && !problems.some((problem) => problem.severity === 'error')) {
    const problem = strictJsonProblem(text, about.path);
    if (problem !== undefined) return { value: undefined, problems: [...problems, problem] };
  }
  return { value, problems };
}

function syntaxProblem(error: YAMLException, about: ParseOptions): Problem {
  const place = error.mark && { line: error.mark.line + 1, column: error.mark.column + 1 };
  const tooDeep = /maxDepth/.test(error.reason);
  const tab = /\btabs?\b/.test(error.reason);
  // The parser quotes tags, and where it stands is not known: it may be a value that begins with "!".
  const reason = about.redact?.active ? error.reason.replace(/: .*|"[^"]*"/, ` ${redactionMark}`) : error.reason;
  return {
    code: tooDeep ? 'nesting-too-deep' : 'syntax-invalid',
    severity: 'error',
    message: tooDeep ? `the nesting is deeper than ${deepest} levels` : `not valid YAML: ${reason}`,
    hint: tooDeep
      ? { text: 'AppConfig clients rarely take that; flatten the configuration' }
      : {
          text: tab
            ? 'YAML is indented with spaces, not tabs'
            : 'mend the syntax at this place; the rest of the file is read after that',
        },
    source: { file: about.path, ...place },
  };
}

function strictJsonProblem(text: string, path: string): Problem | undefined {
  const mistake = text.trim() === '' ? undefined : jsonSyntaxProblem(text);
  if (mistake === undefined) return undefined;
  const { message, offset } = mistake;
  return {
    code: 'syntax-invalid',
    severity: 'error',
    message: `not valid JSON: ${message}`,
    hint: { text: 'a file with comments or without quotes is YAML: name it .yml' },
    source: { file: path, ...(offset === undefined ? {} : positionAt(offset, lineStarts(text))) },
  };
}

/** Where a scalar stands in the text and in the document. */
interface Spot {
  readonly offset: number;
  readonly pointer: string;
}

/** A problem after which the rest of the document tells nothing. */
class Unreadable extends Error {}

interface Size {
  readonly nodes: number;
  /** Of texts and keys. */
  readonly characters: number;
  readonly height: number;
}

class Builder {
  readonly problems: Problem[] = [];
  readonly #text: string;
  readonly #events: readonly Event[];
  readonly #path: string;
  readonly #format: 'yaml' | 'json';
  readonly #redact: Redactor;
  readonly #offsets: Map<string, number> | undefined;
  readonly #anchors = new Map<string, { readonly value: Value } | 'open'>();
  readonly #sizes = new Map<object, Size>();
  #at = 0;
  #nodes = 0;
  #characters = 0;
  #lines: readonly number[] | undefined;

  constructor(
    text: string,
    events: readonly Event[],
    options: { readonly about: ParseOptions; readonly offsets: Map<string, number> | undefined },
  ) {
    const { about, offsets } = options;
    this.#text = text;
    this.#events = events;
    this.#path = about.path;
    this.#format = about.format ?? 'yaml';
    this.#redact = about.redact ?? createRedactor(nothing);
    this.#offsets = offsets;
  }

  document(): Value | undefined {
    let documents = 0;
    for (const event of this.#events) if (event.type === 1) documents += 1;
    if (documents === 0) return undefined;
    if (documents > 1) {
      this.#problem('document-multiple', this.#startOfSecondDocument(), `the file holds ${documents} documents`, {
        hint: { text: 'a configuration is one document: put each in a file of its own' },
      });
      return undefined;
    }
    this.#at = 1;
    const first = this.#events[1];
    if (first === undefined || first.type === 6) return undefined;
    if (first.type === 4 && first.valueStart === -1 && first.tagStart === -1) return undefined;
    try {
      const value = this.#value('', 0);
      if (value === null) {
        this.#problem('null-document', offsetOf(first), 'the whole document is null', {
          hint: { text: 'to override nothing, leave the file empty; to take a configuration away, delete its files' },
        });
        return undefined;
      }
      return value;
    } catch (error) {
      if (!(error instanceof Unreadable)) throw error;
      return undefined;
    }
  }

  #value(pointer: string, depth: number): Value {
    const event = this.#next();
    const offset = offsetOf(event);
    if (this.#offsets !== undefined && !this.#offsets.has(pointer) && offset >= 0) this.#offsets.set(pointer, offset);
    this.#nodes += 1;
    switch (event.type) {
      case 4:
        return this.#anchored(this.#anchorOf(event), this.#scalar(event, pointer));
      case 2:
      case 3: {
        const anchor = this.#open(event, pointer);
        return this.#anchored(
          anchor,
          event.type === 2 ? this.#list(pointer, depth + 1) : this.#map(pointer, depth + 1),
        );
      }
      case 5:
        return this.#alias(event, pointer, depth);
      default:
        throw new Error(`unexpected event ${event.type} in ${this.#path}`);
    }
  }

  /** Begins a collection. @returns its anchor, which cannot be meant until the collection is read. */
  #open(event: Extract<Event, { type: 2 | 3 }>, pointer: string): string | undefined {
    const tag = this.#tagOf(event);
    if (tag !== undefined && tag !== (event.type === 2 ? 'seq' : 'map')) {
      this.#problem('value-unsupported', event.start, `the tag ${this.#quoted(tag, pointer)} has no place in JSON`, {
        hint: { text: 'leave the tag out' },
      });
    }
    const anchor = this.#anchorOf(event);
    if (anchor !== undefined) this.#anchors.set(anchor, 'open');
    return anchor;
  }

  #anchored(anchor: string | undefined, value: Value): Value {
    if (anchor !== undefined) this.#anchors.set(anchor, { value });
    return value;
  }

  #list(pointer: string, depth: number): Value {
    const items: Value[] = [];
    while (!this.#closes()) items.push(this.#value(this.#pointerTo(pointer, items.length), depth));
    return items;
  }

  /** Pointers are made only where places are asked for, or something is redacted. */
  #pointerTo(parent: string, key: string | number): string {
    return this.#offsets === undefined && !this.#redact.active ? '' : pointerTo(parent, key);
  }

  #map(pointer: string, depth: number): ValueMap {
    const map: Record<string, Value> = {};
    let merged: Set<string> | undefined;
    while (!this.#closes()) {
      const event = this.#next();
      const key = this.#key(event, pointer);
      if (key === undefined) {
        this.#value(pointer, depth);
        continue;
      }
      if (key === '<<' && event.type === 4 && event.style === 1) {
        const sources = this.#mergeSources(pointer, depth);
        merged ??= new Set();
        this.#merge(sources, { map, merged, pointer, offset: offsetOf(event) });
        continue;
      }
      const member = this.#pointerTo(pointer, key);
      if (hasKey(map, key) && !merged?.delete(key)) {
        this.#problem(
          'key-duplicate',
          offsetOf(event),
          `the key ${this.#quoted(key, pointer)} stands twice in one map`,
          {
            hint: { text: 'keep one of them' },
          },
        );
      }
      this.#offsets?.set(member, Math.max(0, offsetOf(event)));
      map[marked(key)] = this.#value(member, depth);
    }
    return map;
  }

  /** What a merge key takes its members from. They stand where the map's own do, not below "<<". */
  #mergeSources(pointer: string, depth: number): readonly Value[] {
    const event = this.#events[this.#at];
    if (event?.type !== 2) {
      const value = this.#value(pointer, depth);
      return isList(value) ? value : [value];
    }
    const sources: Value[] = [];
    this.#next();
    const anchor = this.#open(event, pointer);
    while (!this.#closes()) sources.push(this.#value(pointer, depth + 1));
    this.#anchored(anchor, sources);
    return sources;
  }

  /** YAML's merge keys: what the map says itself wins, then the first of a list. */
  #merge(
    sources: readonly Value[],
    into: {
      readonly map: Record<string, Value>;
      readonly merged: Set<string>;
      readonly pointer: string;
      readonly offset: number;
    },
  ): void {
    for (const source of sources) {
      if (!isMap(source)) {
        this.#problem('value-unsupported', into.offset, 'a merge key "<<" takes a map, or a list of maps', {
          hint: { text: 'quote the key if it is meant as a key: "<<"' },
        });
        continue;
      }
      for (const [property, member] of Object.entries(source)) {
        const key = unmarked(property);
        if (hasKey(into.map, key)) continue;
        into.map[property] = member;
        into.merged.add(key);
        if (this.#offsets === undefined) continue;
        const pointer = pointerTo(into.pointer, key);
        if (!this.#offsets.has(pointer)) this.#offsets.set(pointer, into.offset);
      }
    }
  }

  /** @param pointer of the map. */
  #key(event: Event, pointer: string): string | undefined {
    if (event.type === 4) {
      const text = event.valueStart === -1 ? '' : getScalarValue(this.#text, event);
      if (event.style === 1 && event.valueStart === -1) {
        this.#problem('value-unsupported', this.#offsetNear(), 'a key is missing before ":"', {
          hint: { text: 'write a key' },
        });
        return undefined;
      }
      this.#anchored(this.#anchorOf(event), text);
      if (event.style === 1 && /^(?:y|n|yes|no|on|off)$/i.test(text))
        this.#ambiguous({ offset: offsetOf(event), pointer }, text, 'a boolean');
      return text;
    }
    if (event.type === 5) {
      const target = this.#anchors.get(this.#text.slice(event.anchorStart, event.anchorEnd));
      if (typeof target === 'object' && typeof target.value === 'string') {
        this.#expand(target.value, event.anchorStart);
        return target.value;
      }
    }
    this.#problem('value-unsupported', offsetOf(event), 'a key is not text, and JSON has no other keys', {
      hint: { text: 'write the key as text' },
    });
    if (event.type === 2 || event.type === 3) this.#skipRest();
    return undefined;
  }

  #alias(event: Extract<Event, { type: 5 }>, pointer: string, depth: number): Value {
    const name = this.#text.slice(event.anchorStart, event.anchorEnd);
    const target = this.#anchors.get(name);
    const quoted = this.#quoted(`*${name}`, pointer);
    if (target === undefined) {
      this.#problem('syntax-invalid', event.anchorStart, `the alias ${quoted} has no anchor before it`, {
        hint: { text: 'write an anchor, with & in the place of *, at the value that is meant; or quote what is text' },
      });
      return null;
    }
    if (target === 'open') {
      this.#problem('alias-cycle', event.anchorStart, `the alias ${quoted} contains itself`, {
        hint: { text: 'a configuration cannot be without end: write the value out' },
      });
      throw new Unreadable();
    }
    const { height } = this.#expand(target.value, event.anchorStart);
    if (depth + height > deepest) {
      this.#problem(
        'nesting-too-deep',
        event.anchorStart,
        `the nesting is deeper than ${deepest} levels, aliases expanded`,
        { hint: { text: 'flatten the configuration' } },
      );
      throw new Unreadable();
    }
    return target.value;
  }

  /** Counts what an alias stands for. @throws Unreadable as soon as the document is too large with it. */
  #expand(value: Value, offset: number): Size {
    const size = this.#sizeOf(value);
    this.#nodes += size.nodes - 1;
    this.#characters += size.characters;
    const beyond =
      this.#nodes > mostNodes
        ? `${mostNodes.toLocaleString('en')} values`
        : this.#characters > mostCharacters
          ? `${mostCharacters.toLocaleString('en')} characters`
          : undefined;
    if (beyond === undefined) return size;
    this.#problem('expansion-too-large', offset, `aliases expand to more than ${beyond}`, {
      hint: { text: 'use fewer aliases of aliases, or of long texts' },
    });
    throw new Unreadable();
  }

  /** Expanded size; each shared part is measured once. */
  #sizeOf(value: Value): Size {
    if (!isMap(value) && !isList(value)) {
      return { nodes: 1, height: 0, characters: typeof value === 'string' ? value.length : 0 };
    }
    const known = this.#sizes.get(value);
    if (known !== undefined) return known;
    let nodes = 1;
    let height = 0;
    let characters = isMap(value) ? Object.keys(value).reduce((sum, property) => sum + property.length, 0) : 0;
    for (const member of isList(value) ? value : Object.values(value)) {
      const size = this.#sizeOf(member);
      nodes += size.nodes;
      characters += size.characters;
      height = Math.max(height, size.height);
    }
    const size = { nodes, characters, height: height + 1 };
    this.#sizes.set(value, size);
    return size;
  }

  #scalar(event: Extract<Event, { type: 4 }>, pointer: string): Value {
    const tag = this.#tagOf(event);
    const text = event.valueStart === -1 ? '' : getScalarValue(this.#text, event);
    const offset = event.valueStart === -1 ? this.#offsetNear() : event.valueStart;
    if (tag === 'str' || (tag === undefined && event.style !== 1)) return text;
    const at = { offset, pointer };
    if (tag === undefined) return this.#plain(text, at);
    const value =
      tag === 'int' || tag === 'float' || tag === 'bool' || tag === 'null' ? this.#plain(text, at) : undefined;
    const fits =
      (tag === 'int' && isNumber(value) && /^-?[0-9]+$/.test(numberText(value))) ||
      (tag === 'float' && isNumber(value)) ||
      (tag === 'bool' && typeof value === 'boolean') ||
      (tag === 'null' && value === null);
    if (value !== undefined && fits) return value;
    this.#problem(
      'value-unsupported',
      offset,
      value === undefined
        ? `the tag ${this.#quoted(tag, pointer)} has no place in JSON`
        : `${this.#quoted(text, pointer)} is not of the type of its tag "${tag}"`,
      {
        hint:
          value === undefined
            ? { text: 'write the value as text, number, boolean, list or map' }
            : { text: 'leave the tag out, or mend the value' },
      },
    );
    return null;
  }

  /** A plain scalar by the core schema, numbers kept digit for digit. */
  #plain(text: string, at: Spot): Value {
    const first = text.charCodeAt(0);
    // Most scalars begin with a letter that no special form has.
    if (isPlainWord(first)) return text;
    if (text === '' || text === '~' || text === 'null' || text === 'Null' || text === 'NULL') return null;
    if (text === 'true' || text === 'True' || text === 'TRUE') return true;
    if (text === 'false' || text === 'False' || text === 'FALSE') return false;
    // What all readers take for the same number.
    if (/^-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?$/.test(text)) return numberOf(text);
    const isFloat = /^[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?$/.test(text);
    if (isFloat && !Number.isFinite(Number(text))) {
      const quoted = this.#quoted(text, at.pointer);
      this.#problem('number-inexact', at.offset, `the number ${quoted} is too large for any client to read`, {
        hint: { text: 'quote it if it is meant as text' },
      });
      return null;
    }
    if (/^[-+]?\.(?:inf|Inf|INF)$|^\.(?:nan|NaN|NAN)$/.test(text)) {
      const quoted = this.#quoted(text, at.pointer);
      this.#problem('value-unsupported', at.offset, `${quoted} is a number that JSON does not have`, {
        hint: { text: 'quote it if it is meant as text' },
      });
      return null;
    }
    const taken = readingOfYaml11(text);
    if (taken !== undefined) this.#ambiguous(at, text, taken);
    if (/^[-+]?[0-9]+$/.test(text)) return decimal(text);
    if (/^0x[0-9a-fA-F]+$|^0o[0-7]+$/.test(text)) return numberOf(BigInt(text).toString());
    return isFloat ? float(text) : text;
  }

  /** JSON has no such doubts. */
  #ambiguous(at: Spot, text: string, taken: string): void {
    if (this.#format === 'json') return;
    const quoted = this.#quoted(text, at.pointer);
    this.problems.push({
      code: 'scalar-ambiguous',
      severity: 'warning',
      message: `${quoted} is read by YAML 1.1 clients as ${taken}`,
      hint: { text: `say which is meant: quote it as text (${quoted}), or write the value plainly` },
      source: { file: this.#path, ...this.#place(at.offset) },
    });
  }

  /** A text of the document for a message; never what is redacted. */
  #quoted(text: string, pointer: string): string {
    return this.#redact.covers(pointer) ? redactionMark : `"${shortened(text)}"`;
  }

  #problem(code: ProblemCode, offset: number, message: string, details: { readonly hint: Hint }): void {
    this.problems.push({
      code,
      severity: 'error',
      message,
      hint: details.hint,
      source: { file: this.#path, ...this.#place(Math.max(0, offset)) },
    });
  }

  #place(offset: number): LineAndColumn {
    this.#lines ??= lineStarts(this.#text);
    return positionAt(offset, this.#lines);
  }

  #next(): Event {
    const event = this.#events[this.#at];
    if (event === undefined) throw new Error(`the events of ${this.#path} end too early`);
    this.#at += 1;
    return event;
  }

  #closes(): boolean {
    if (this.#events[this.#at]?.type !== 6) return false;
    this.#at += 1;
    return true;
  }

  /** Leaves a collection whose opening was read. */
  #skipRest(): void {
    for (let open = 1; open > 0; ) {
      const event = this.#next();
      if (event.type === 2 || event.type === 3) open += 1;
      if (event.type === 6) open -= 1;
    }
  }

  /** The place of the last event that has one: empty values stand nowhere. */
  #offsetNear(): number {
    for (let index = this.#at - 1; index >= 0; index -= 1) {
      const event = this.#events[index];
      const offset = event === undefined ? -1 : offsetOf(event);
      if (offset >= 0) return offset;
    }
    return 0;
  }

  #startOfSecondDocument(): number {
    let seen = 0;
    for (const event of this.#events) {
      if (event.type === 1) seen += 1;
      else if (seen === 2 && offsetOf(event) >= 0) return offsetOf(event);
    }
    return 0;
  }

  #anchorOf(event: { readonly anchorStart: number; readonly anchorEnd: number }): string | undefined {
    return event.anchorStart === -1 ? undefined : this.#text.slice(event.anchorStart, event.anchorEnd);
  }

  /** The tag's short name: `str` for `!!str`; an application's own with its exclamation mark. */
  #tagOf(event: { readonly tagStart: number; readonly tagEnd: number }): string | undefined {
    if (event.tagStart === -1) return undefined;
    const tag = this.#text.slice(event.tagStart, event.tagEnd);
    if (tag === '!') return 'str';
    return tag.replace(/^!!/, '').replace(/^!<tag:yaml\.org,2002:(.*)>$/, '$1');
  }
}

function decimal(text: string): number | ExactNumber {
  const negative = text.startsWith('-');
  const digits = text.replace(/^[-+]/, '').replace(/^0+(?=[0-9])/, '');
  return numberOf(negative ? `-${digits}` : digits);
}

function float(text: string): number | ExactNumber {
  const [, sign = '', whole = '', fraction, exponent = ''] =
    /^([-+]?)([0-9]*)(?:\.([0-9]*))?([eE][-+]?[0-9]+)?$/.exec(text) ?? [];
  const digits = `${sign === '-' ? '-' : ''}${whole.replace(/^0+(?=[0-9])/, '') || '0'}`;
  return numberOf(`${digits}${fraction === undefined ? '' : `.${fraction || '0'}`}${exponent}`);
}

function offsetOf(event: Event): number {
  switch (event.type) {
    case 2:
    case 3:
      return event.start;
    case 4:
      // A quoted scalar's value begins after its quote.
      return event.valueStart > 0 && (event.style === 2 || event.style === 3) ? event.valueStart - 1 : event.valueStart;
    case 5:
      return event.anchorStart - 1;
    default:
      return -1;
  }
}

function shortened(text: string): string {
  return text.length > 40 ? `${text.slice(0, 37)}...` : text;
}
