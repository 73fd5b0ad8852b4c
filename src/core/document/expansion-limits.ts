// Bounds of a document with its aliases expanded: a few lines of YAML can stand for more values than fit into memory.
import { isList, isMap, type Value } from '../model/value.ts';
import { type DocumentProblems, UnreadableDocument } from './document-problems.ts';

/** Levels of nesting. */
export const maxDepth = 100;

const maxValues = 1_000_000;

/** Characters of strings and keys that come from aliases: four times AppConfig's limit for a whole content. */
const maxCharacters = 8_388_608;

interface Size {
  readonly values: number;
  readonly characters: number;
  /** Levels of nesting; 0 for a scalar. */
  readonly height: number;
}

export class ExpansionLimits {
  readonly #problems: DocumentProblems;
  /** Each shared part is measured once: measuring is not slower than parsing. */
  readonly #sizes = new Map<object, Size>();
  #values = 0;
  #characters = 0;

  constructor(problems: DocumentProblems) {
    this.#problems = problems;
  }

  /** @param offset of the value. @throws UnreadableDocument as soon as the document exceeds the limit */
  countValue(offset: number): void {
    this.#values += 1;
    if (this.#values > maxValues)
      this.#refuse(offset, `the file has more than ${maxValues.toLocaleString('en')} values`);
  }

  /**
   * Counts the value of an alias, which was counted as one value.
   * @param depth levels of nesting above the alias.
   * @throws UnreadableDocument as soon as the document exceeds a limit.
   */
  countAlias(value: Value, at: { readonly offset: number; readonly depth: number }): void {
    const size = this.#sizeOf(value);
    this.#values += size.values - 1;
    this.#characters += size.characters;
    if (this.#values > maxValues)
      this.#refuse(at.offset, `aliases expand to more than ${maxValues.toLocaleString('en')} values`);
    if (this.#characters > maxCharacters) {
      this.#refuse(at.offset, `aliases expand to more than ${maxCharacters.toLocaleString('en')} characters`);
    }
    if (at.depth + size.height <= maxDepth) return;
    this.#problems.error('nesting-too-deep', at.offset, {
      message: `nesting exceeds ${maxDepth} levels after alias expansion`,
      hint: 'flatten the configuration',
    });
    throw new UnreadableDocument();
  }

  #refuse(offset: number, message: string): never {
    this.#problems.error('expansion-too-large', offset, {
      message,
      hint: 'use fewer aliases, or split the configuration',
    });
    throw new UnreadableDocument();
  }

  #sizeOf(value: Value): Size {
    if (!isMap(value) && !isList(value)) {
      return { values: 1, height: 0, characters: typeof value === 'string' ? value.length : 0 };
    }
    const known = this.#sizes.get(value);
    if (known !== undefined) return known;
    let values = 1;
    let height = 0;
    let characters = isMap(value) ? Object.keys(value).reduce((sum, property) => sum + property.length, 0) : 0;
    for (const member of isList(value) ? value : Object.values(value)) {
      const size = this.#sizeOf(member);
      values += size.values;
      characters += size.characters;
      height = Math.max(height, size.height);
    }
    const size = { values, characters, height: height + 1 };
    this.#sizes.set(value, size);
    return size;
  }
}
