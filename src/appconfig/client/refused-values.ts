// What AppConfig reports as wrong in a content, and where: details of a refused feature-flag document, and the text of a JSON
// Schema validator.

/** One thing that is wrong with a content. Source: AppConfig's API model, `BadRequestDetails`. */
export interface RefusedValue {
  /** JSON Pointer. */
  readonly pointer: string;
  /** `values.newCart.limit: FloatLTE(5), value 9`. */
  readonly message: string;
}

/** The members of the SDK's error that have it. */
export interface RefusingError {
  readonly message?: string;
  readonly Details?: {
    readonly InvalidConfiguration?: readonly {
      readonly Constraint?: string;
      readonly Location?: string;
      readonly Reason?: string;
      readonly Value?: string;
    }[];
  };
}

/** AppConfig repeats the whole schema before what is wrong. */
const repeatedSchema = /^Could not build JSON schema from invalid input:\s[\s\S]*\sOriginal error message:\s*/;

/** Whether a validator of the profile wrote the text of an error. */
export function isOfValidator({ message = '' }: RefusingError): boolean {
  return repeatedSchema.test(message);
}

/** The text of an error without the schema that AppConfig repeats in it. */
export function withoutSchema(message: string): string {
  return message.replace(repeatedSchema, '');
}

/** Of a failed call; empty where its cause does not name values. */
export function refusedValuesOf({ cause }: { readonly cause?: unknown }): readonly RefusedValue[] {
  const error = cause as RefusingError | undefined;
  const details = error?.Details?.InvalidConfiguration ?? [];
  const flags = details.map(({ Constraint, Location = '', Reason, Value = '' }) => ({
    pointer: Location.split('.')
      .map((part) => `/${part}`)
      .join(''),
    message: `${Location}: ${[Constraint, Reason].filter((part) => part !== undefined).join(', ')}${Value === '' ? '' : `, value ${Value}`}`,
  }));
  return error === undefined || !isOfValidator(error)
    ? flags
    : [...flags, ...ofSchema(withoutSchema(error.message ?? ''))];
}

/** Each line of the validator's text: `[message: "…" - parent node: /rate]`, of the emulator `#/rate: …`. */
const schemaLines = [
  /^\[message: "(?<what>.*)" - parent node: (?<pointer>\/?.*)\]$/,
  /^#(?<pointer>\/[^:]*|): (?<what>.*)$/,
];

/** Empty where one of the lines has another form: then the text is reported as a whole. */
function ofSchema(text: string): readonly RefusedValue[] {
  const lines = text
    .split('\n')
    .map((line) => line.trim())
    .filter(Boolean);
  const values = lines.flatMap((line) => {
    const { what, pointer } = schemaLines.map((form) => form.exec(line)?.groups).find(Boolean) ?? {};
    if (what === undefined || pointer === undefined) return [];
    const own = pointer === '/' ? '' : pointer;
    return [{ pointer: own, message: `${own === '' ? 'the content' : own}: ${what}` }];
  });
  return values.length === lines.length ? values : [];
}
