// js-yaml's parser events to a value: lists, maps with merge keys, anchors and aliases.
import { EVENT_ID, type Event, getScalarValue, SCALAR_STYLE } from 'js-yaml';
import { hasKey, isList, isMap, keyOfProperty, propertyOfKey, type Value, type ValueMap } from '../model/value.ts';
import { hiddenInKey, hiddenInScalar } from '../problem/hidden-characters.ts';
import { keepComment, type NoteTaker } from './document-notes.ts';
import { type DocumentProblems, UnreadableDocument } from './document-problems.ts';
import { ExpansionLimits } from './expansion-limits.ts';
import { pointerTo } from './json-pointer.ts';
import { parseScalar, yaml11Reading } from './parse-scalar.ts';

type ScalarEvent = Extract<Event, { type: typeof EVENT_ID.SCALAR }>;
type AliasEvent = Extract<Event, { type: typeof EVENT_ID.ALIAS }>;
type CollectionEvent = Extract<Event, { type: typeof EVENT_ID.SEQUENCE | typeof EVENT_ID.MAPPING }>;

export interface BuildOptions {
  /** Receives the problems of the document. */
  readonly problems: DocumentProblems;
  /** Receives the offset of each value by JSON Pointer, where given: for the member of a map the offset of its key. */
  readonly offsets: Map<string, number> | undefined;
  /** Whether characters that cannot be seen are problems. */
  readonly findsHidden: boolean;
  /** Receives what the value does not show. */
  readonly notes: NoteTaker;
}

/** @returns undefined if the document is empty, or if a problem makes all of it unreadable. */
export function buildValue(text: string, events: readonly Event[], options: BuildOptions): Value | undefined {
  return new ValueBuilder(text, events, options).document();
}

class ValueBuilder {
  readonly #text: string;
  readonly #events: readonly Event[];
  readonly #problems: DocumentProblems;
  readonly #offsets: Map<string, number> | undefined;
  readonly #limits: ExpansionLimits;
  /** `open`: its collection is still being read. */
  readonly #anchors = new Map<string, { readonly value: Value } | 'open'>();
  readonly #needsPointers: boolean;
  readonly #findsHidden: boolean;
  readonly #mayKeep: boolean;
  readonly #notes: NoteTaker;
  /** Anchors and aliases so far. */
  #references = 0;
  /** The index of the next event. */
  #next = 0;

  constructor(text: string, events: readonly Event[], { problems, offsets, findsHidden, notes }: BuildOptions) {
    this.#text = text;
    this.#events = events;
    this.#problems = problems;
    this.#offsets = offsets;
    this.#findsHidden = findsHidden;
    this.#mayKeep = keepComment.test(text);
    this.#notes = notes;
    this.#limits = new ExpansionLimits(problems);
    this.#needsPointers = offsets !== undefined || problems.redact.active;
  }

  document(): Value | undefined {
    let documents = 0;
    for (const event of this.#events) if (event.type === EVENT_ID.DOCUMENT) documents += 1;
    if (documents === 0) return undefined;
    if (documents > 1) {
      this.#problems.error('document-multiple', this.#startOfSecondDocument(), {
        message: `the file contains ${documents} YAML documents`,
        hint: 'put each document into a file of its own',
      });
      return undefined;
    }
    this.#next = 1;
    const first = this.#events[1];
    if (first === undefined || first.type === EVENT_ID.POP) return undefined;
    if (first.type === EVENT_ID.SCALAR && first.valueStart === -1 && first.tagStart === -1) return undefined;
    try {
      const value = this.#value('', 0);
      if (value !== null) return value;
      this.#problems.error('null-document', offsetOf(first), {
        message: 'the whole document is null',
        hint: 'to override nothing, leave the file empty; to remove a configuration, delete its files',
      });
    } catch (error) {
      if (!(error instanceof UnreadableDocument)) throw error;
    }
    return undefined;
  }

  /** @param depth levels of nesting above the value. */
  #value(pointer: string, depth: number): Value {
    const event = this.#take();
    const offset = offsetOf(event);
    if (this.#offsets !== undefined && !this.#offsets.has(pointer) && offset >= 0) this.#offsets.set(pointer, offset);
    this.#limits.countValue(offset);
    switch (event.type) {
      case EVENT_ID.SCALAR:
        return this.#anchored(this.#anchorOf(event), this.#scalar(event, pointer));
      case EVENT_ID.SEQUENCE: {
        const anchor = this.#open(event, pointer);
        return this.#anchored(anchor, this.#list(pointer, depth + 1));
      }
      case EVENT_ID.MAPPING: {
        const anchor = this.#open(event, pointer);
        return this.#anchored(anchor, this.#map(pointer, depth + 1));
      }
      case EVENT_ID.ALIAS:
        return this.#alias(event, pointer, depth);
      case EVENT_ID.DOCUMENT:
      case EVENT_ID.POP:
        throw new Error(`unexpected event ${event.type} in ${this.#problems.path}`);
    }
  }

  #scalar(event: ScalarEvent, pointer: string): Value {
    const isEmpty = event.valueStart === -1;
    const isPlain = event.style === SCALAR_STYLE.PLAIN;
    if (this.#findsHidden && isPlain && !isEmpty) {
      const hidden = hiddenInScalar(this.#text, event.valueStart, event.valueEnd);
      if (hidden !== undefined) this.#problems.hiddenCharacter(hidden, hidden.where);
    }
    const value = parseScalar(
      {
        text: isEmpty ? '' : getScalarValue(this.#text, event),
        isPlain,
        tag: this.#tagOf(event),
        offset: isEmpty ? this.#lastOffset() : event.valueStart,
        pointer,
      },
      this.#problems,
    );
    if (typeof value === 'string') this.#notes.noteString(value);
    return value;
  }

  /** Begins a list or map. @returns its anchor, to which an alias inside of it must not refer. */
  #open(event: CollectionEvent, pointer: string): string | undefined {
    const tag = this.#tagOf(event);
    if (tag !== undefined && tag !== (event.type === EVENT_ID.SEQUENCE ? 'seq' : 'map')) {
      this.#problems.error('value-unsupported', event.start, {
        message: `the tag ${this.#problems.quoted(tag, pointer)} has no JSON equivalent`,
        hint: 'remove the tag',
      });
    }
    const anchor = this.#anchorOf(event);
    if (anchor !== undefined) this.#anchors.set(anchor, 'open');
    return anchor;
  }

  #anchored<V extends Value>(anchor: string | undefined, value: V): V {
    if (anchor !== undefined) this.#anchors.set(anchor, { value });
    return value;
  }

  #list(pointer: string, depth: number): Value {
    const items: Value[] = [];
    while (!this.#closes()) items.push(this.#value(this.#pointerTo(pointer, items.length), depth));
    return items;
  }

  #map(pointer: string, depth: number): ValueMap {
    const map: Record<string, Value> = {};
    /** Keys that come from a merge key only: the map's own member replaces them. */
    let merged: Set<string> | undefined;
    let hasMergeKey = false;
    while (!this.#closes()) {
      const event = this.#take();
      const key = this.#key(event, pointer);
      if (key === undefined) {
        this.#value(pointer, depth);
        continue;
      }
      if (key === '<<' && event.type === EVENT_ID.SCALAR && event.style === SCALAR_STYLE.PLAIN) {
        if (hasMergeKey) {
          this.#problems.error('key-duplicate', offsetOf(event), {
            message: 'duplicate key "<<"',
            hint: 'merge several maps by one key with a list: <<: [*first, *second]',
          });
        }
        hasMergeKey = true;
        const sources = this.#mergeSources(pointer, depth);
        merged ??= new Set();
        this.#mergeInto(map, sources, { merged, pointer, offset: offsetOf(event) });
        continue;
      }
      // Making the property from the key takes longer than looking it up.
      const property = propertyOfKey(key);
      if (map[property] !== undefined && !merged?.delete(key)) {
        this.#problems.error('key-duplicate', offsetOf(event), {
          message: `duplicate key ${this.#problems.quoted(key, pointer)}`,
          hint: 'delete one of the two entries',
        });
      }
      const member = this.#pointerTo(pointer, key);
      this.#offsets?.set(member, Math.max(0, offsetOf(event)));
      const references = this.#references;
      if (isEmptyScalar(this.#events[this.#next])) this.#notes.noteBareKey(map, key);
      map[property] = this.#value(member, depth);
      if (this.#references > references) this.#notes.noteShared(map, key);
      if (this.#mayKeep && keepComment.test(this.#lineFrom(offsetOf(event)))) this.#notes.noteKept(map, key);
    }
    return map;
  }

  /** @param pointer of the map. @returns undefined, and adds a problem, for a key that is not a string. */
  #key(event: Event, pointer: string): string | undefined {
    if (event.type === EVENT_ID.SCALAR) return this.#scalarKey(event, pointer);
    if (event.type === EVENT_ID.ALIAS) {
      const target = this.#anchors.get(this.#text.slice(event.anchorStart, event.anchorEnd));
      if (typeof target === 'object' && typeof target.value === 'string') {
        this.#limits.countAlias(target.value, { offset: event.anchorStart, depth: 0 });
        return target.value;
      }
    }
    this.#problems.error('value-unsupported', offsetOf(event), {
      message: 'the key is not a string; JSON allows only string keys',
      hint: 'write the key as a string',
    });
    if (event.type === EVENT_ID.SEQUENCE || event.type === EVENT_ID.MAPPING) this.#skipCollection();
    return undefined;
  }

  #scalarKey(event: ScalarEvent, pointer: string): string | undefined {
    const isPlain = event.style === SCALAR_STYLE.PLAIN;
    if (isPlain && event.valueStart === -1) {
      this.#problems.error('value-unsupported', this.#lastOffset(), {
        message: 'a key is missing before ":"',
        hint: 'add the key',
      });
      return undefined;
    }
    const text = event.valueStart === -1 ? '' : getScalarValue(this.#text, event);
    if (isPlain) this.#checkPlainKey(text, event, pointer);
    return this.#anchored(this.#anchorOf(event), text);
  }

  #checkPlainKey(text: string, event: ScalarEvent, pointer: string): void {
    const reading = this.#problems.readsKeys ? keyReading(text, this.#problems) : undefined;
    if (reading !== undefined) {
      const at = this.#problems.listsPointers ? pointerTo(pointer, text) : pointer;
      this.#problems.ambiguousScalar({ text, value: text, reading }, { offset: offsetOf(event), pointer: at });
    }
    const hidden = this.#findsHidden ? hiddenInKey(this.#text, event.valueStart, event.valueEnd) : undefined;
    if (hidden !== undefined)
      this.#problems.hiddenCharacter(hidden, `in the key ${this.#problems.quoted(text, pointer)}`);
  }

  /** The values of a merge key, which are not below "<<": their members get the pointers of the map's own. */
  #mergeSources(pointer: string, depth: number): readonly Value[] {
    const event = this.#events[this.#next];
    if (event?.type !== EVENT_ID.SEQUENCE) {
      const value = this.#value(pointer, depth);
      return isList(value) ? value : [value];
    }
    const sources: Value[] = [];
    this.#take();
    const anchor = this.#open(event, pointer);
    while (!this.#closes()) sources.push(this.#value(pointer, depth + 1));
    return this.#anchored(anchor, sources);
  }

  /** Adds the members of a merge key. The map's own members win over them, then the first source that has the key. */
  #mergeInto(
    map: Record<string, Value>,
    sources: readonly Value[],
    from: { readonly merged: Set<string>; readonly pointer: string; readonly offset: number },
  ): void {
    for (const source of sources) {
      if (!isMap(source)) {
        this.#problems.error('value-unsupported', from.offset, {
          message: 'the merge key "<<" needs a map or a list of maps',
          hint: 'quote the key to use it as an ordinary key: "<<"',
        });
        continue;
      }
      for (const [property, member] of Object.entries(source)) {
        const key = keyOfProperty(property);
        if (hasKey(map, key)) {
          // Without its own line the map would have what is merged.
          this.#notes.noteShared(map, key);
          continue;
        }
        map[property] = member;
        from.merged.add(key);
        this.#notes.noteMerged(map, key, source);
        if (this.#offsets === undefined) continue;
        const pointer = pointerTo(from.pointer, key);
        if (!this.#offsets.has(pointer)) this.#offsets.set(pointer, from.offset);
      }
    }
  }

  #alias(event: AliasEvent, pointer: string, depth: number): Value {
    const name = this.#text.slice(event.anchorStart, event.anchorEnd);
    this.#references += 1;
    const target = this.#anchors.get(name);
    if (target === undefined) {
      this.#problems.error('syntax-invalid', event.anchorStart, {
        message: `the alias ${this.#problems.quoted(`*${name}`, pointer)} has no anchor before it`,
        hint: `define the anchor with & above this line; if this is a string, quote it`,
      });
      return null;
    }
    if (target === 'open') {
      this.#problems.error('alias-cycle', event.anchorStart, {
        message: `the alias ${this.#problems.quoted(`*${name}`, pointer)} contains itself`,
        hint: 'write the value out instead of the alias',
      });
      throw new UnreadableDocument();
    }
    this.#limits.countAlias(target.value, { offset: event.anchorStart, depth });
    return target.value;
  }

  #lineFrom(offset: number): string {
    const end = this.#text.indexOf('\n', offset);
    return this.#text.slice(offset, end === -1 ? undefined : end);
  }

  /** Pointers are built only where they are used: for offsets and for redaction. */
  #pointerTo(parent: string, key: string | number): string {
    return this.#needsPointers ? pointerTo(parent, key) : '';
  }

  #take(): Event {
    const event = this.#events[this.#next];
    if (event === undefined) throw new Error(`the events of ${this.#problems.path} end too early`);
    this.#next += 1;
    return event;
  }

  /** Takes the end of the current collection, if it is next. */
  #closes(): boolean {
    if (this.#events[this.#next]?.type !== EVENT_ID.POP) return false;
    this.#next += 1;
    return true;
  }

  /** Takes the rest of a collection whose start is taken. */
  #skipCollection(): void {
    for (let open = 1; open > 0; ) {
      const event = this.#take();
      if (event.type === EVENT_ID.SEQUENCE || event.type === EVENT_ID.MAPPING) open += 1;
      if (event.type === EVENT_ID.POP) open -= 1;
    }
  }

  /** The offset of the last event that has one: an empty value has none of its own. */
  #lastOffset(): number {
    for (let index = this.#next - 1; index >= 0; index -= 1) {
      const event = this.#events[index];
      const offset = event === undefined ? -1 : offsetOf(event);
      if (offset >= 0) return offset;
    }
    return 0;
  }

  #startOfSecondDocument(): number {
    let documents = 0;
    for (const event of this.#events) {
      if (event.type === EVENT_ID.DOCUMENT) documents += 1;
      else if (documents === 2 && offsetOf(event) >= 0) return offsetOf(event);
    }
    return 0;
  }

  #anchorOf(event: { readonly anchorStart: number; readonly anchorEnd: number }): string | undefined {
    if (event.anchorStart === -1) return undefined;
    this.#references += 1;
    return this.#text.slice(event.anchorStart, event.anchorEnd);
  }

  /** The tag's short name: `str` for `!!str`. An application's own tag keeps its exclamation mark. */
  #tagOf(event: { readonly tagStart: number; readonly tagEnd: number }): string | undefined {
    if (event.tagStart === -1) return undefined;
    const tag = this.#text.slice(event.tagStart, event.tagEnd);
    if (tag === '!') return 'str';
    return tag.replace(/^!!/, '').replace(/^!<tag:yaml\.org,2002:(.*)>$/, '$1');
  }
}

/** What YAML 1.1 reads a key as. In live content, keys that no version of YAML reads as text count, too. */
function keyReading(text: string, problems: DocumentProblems): string | undefined {
  const reading = yaml11Reading(text);
  return reading ?? (problems.listsPointers && isNoText(text) ? 'a key that is no string' : undefined);
}

function isNoText(text: string): boolean {
  return /^(?:~|null|true|false|[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:e[-+]?[0-9]+)?|0x[0-9a-f]+)$/i.test(text);
}

/** Whether a value is null because nothing is there. */
function isEmptyScalar(event: Event | undefined): boolean {
  return event?.type === EVENT_ID.SCALAR && event.valueStart === -1 && event.tagStart === -1;
}

/** In UTF-16 units; -1 for an event without text of its own. */
function offsetOf(event: Event): number {
  switch (event.type) {
    case EVENT_ID.SEQUENCE:
    case EVENT_ID.MAPPING:
      return event.start;
    case EVENT_ID.SCALAR: {
      // The value of a quoted scalar begins after the quote.
      const isQuoted = event.style === SCALAR_STYLE.SINGLE_QUOTED || event.style === SCALAR_STYLE.DOUBLE_QUOTED;
      return event.valueStart > 0 && isQuoted ? event.valueStart - 1 : event.valueStart;
    }
    case EVENT_ID.ALIAS:
      return event.anchorStart - 1;
    case EVENT_ID.DOCUMENT:
    case EVENT_ID.POP:
      return -1;
  }
}
