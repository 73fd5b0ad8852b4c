// JSON as text. Numbers of configurations keep their digits, which JSON.stringify alone would lose.
import { randomUUID } from 'node:crypto';
import { visibleJson } from '../style/escape.ts';

/** JSON that goes into a document as it is. */
export class JsonText {
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }
}

/** Characters that could steer a terminal are escaped; a parser reads the same value. */
export function jsonText(document: object, indent?: number): string {
  // Node 20 has no JSON.rawJSON: placeholders that no value can contain are replaced afterwards.
  const texts = new Map<string, string>();
  const prefix = randomUUID();
  const withPlaceholders = (_key: string, value: unknown) => {
    if (!(value instanceof JsonText)) return value;
    const placeholder = `${prefix}-${texts.size}`;
    texts.set(placeholder, value.text);
    return placeholder;
  };
  const text = JSON.stringify(document, withPlaceholders, indent).replace(
    new RegExp(`"(${prefix}-\\d+)"`, 'g'),
    (_, placeholder: string) => texts.get(placeholder) ?? 'null',
  );
  return visibleJson(text);
}
