// Whether a JSON Schema means under draft-04 what it means under its own draft. AppConfig's validators read every schema as
// draft-04: they know no newer keyword, and fetch no other document.
import draft04 from 'ajv-draft-04';
import { pointerTo } from '../../core/document/json-pointer.ts';

type Keywords = Readonly<Record<string, unknown>>;

/** Keywords of other drafts that accept or reject values. Draft-04 ignores them. */
const newerKeywords: ReadonlySet<string> = new Set([
  ...['const', 'contains', 'minContains', 'maxContains', 'propertyNames', 'if', 'then', 'else', 'nullable'],
  ...['dependentRequired', 'dependentSchemas', 'unevaluatedItems', 'unevaluatedProperties', 'prefixItems'],
  ...['$dynamicRef', '$recursiveRef', '$anchor', '$dynamicAnchor', '$recursiveAnchor'],
]);

/** What may stand beside `$ref`: draft-04 ignores it there, and it accepts or rejects nothing. */
const besideRef: ReadonlySet<string> = new Set([
  ...['$ref', '$schema', '$id', 'id', '$comment', 'title', 'description', 'default', 'examples', 'deprecated'],
  ...['definitions', '$defs', 'readOnly', 'writeOnly'],
]);

/** Where a schema has schemas: as the value, in a list, in a map. */
const schemaValues = ['additionalItems', 'additionalProperties', 'items', 'not'] as const;
const schemaLists = ['allOf', 'anyOf', 'oneOf', 'items'] as const;
const schemaMaps = ['definitions', '$defs', 'properties', 'patternProperties', 'dependencies'] as const;

/** @param schema as JSON. @returns the first thing that draft-04 reads otherwise, with its pointer; undefined: nothing */
export function draft04Mismatch(schema: unknown): string | undefined {
  if (!isMap(schema)) return `draft-04 has no schema ${String(schema)}; a schema is a map`;
  const { $schema: _dialect, ...root } = schema;
  return newerMeaning(root, '', isDraft04(schema)) ?? invalidForm(root);
}

function invalidForm(schema: Keywords): string | undefined {
  const ajv = new draft04.default({ strict: false, logger: false, validateFormats: false });
  if (ajv.validateSchema(schema) === true) return undefined;
  const [error] = ajv.errors ?? [];
  return `${atPointer(error?.instancePath ?? '')} ${error?.message ?? 'is not valid'} in draft-04`;
}

function newerMeaning(schema: unknown, pointer: string, isDraft04Schema: boolean): string | undefined {
  if (!isMap(schema)) return undefined;
  const { $ref } = schema;
  if (typeof $ref === 'string' && $ref !== '#' && !$ref.startsWith('#/')) {
    return `${atPointer(pointer)} refers to "${$ref}": a validator of AppConfig can refer by a path in itself only (#/definitions/…)`;
  }
  for (const keyword of Object.keys(schema)) {
    if (newerKeywords.has(keyword)) return `${atPointer(pointer)} has "${keyword}", which draft-04 does not know`;
    if (typeof $ref === 'string' && !besideRef.has(keyword)) {
      return `${atPointer(pointer)} has "${keyword}" beside "$ref", where draft-04 ignores it`;
    }
  }
  const moved = isDraft04Schema ? [] : pointer === '' ? ['id'] : ['id', '$id'];
  const mover = moved.find((keyword) => typeof schema[keyword] === 'string');
  if (mover !== undefined) return `${atPointer(pointer)} has "${mover}", which draft-04 reads otherwise in a reference`;
  for (const [at, part] of partsOf(schema, pointer)) {
    const found = newerMeaning(part, at, isDraft04Schema);
    if (found !== undefined) return found;
  }
  return undefined;
}

function partsOf(schema: Keywords, pointer: string): readonly (readonly [string, unknown])[] {
  const at = (keyword: string) => pointerTo(pointer, keyword);
  return [
    ...schemaValues.map((keyword) => [at(keyword), schema[keyword]] as const),
    ...schemaLists.flatMap((keyword) => {
      const list = schema[keyword];
      return Array.isArray(list) ? list.map((part, index) => [pointerTo(at(keyword), index), part] as const) : [];
    }),
    ...schemaMaps.flatMap((keyword) => {
      const map = schema[keyword];
      return isMap(map) ? Object.entries(map).map(([key, part]) => [pointerTo(at(keyword), key), part] as const) : [];
    }),
  ];
}

function isDraft04({ $schema }: Keywords): boolean {
  return String($schema ?? '').includes('draft-04');
}

function isMap(value: unknown): value is Keywords {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function atPointer(pointer: string): string {
  return pointer === '' ? 'the schema' : pointer;
}
