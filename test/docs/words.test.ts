// The words of docs/glossary.md: its column *not* lists what messages, help, documents, transcripts, comments, test names
// and identifiers do not contain.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { commandsIn } from '../../src/cli/completion/command-paths.ts';
import { checkout, documentedProgram, readDocument } from '../support/documents.ts';
import { type SourceText, type SourceTexts, textsOf } from '../support/source-texts.ts';

interface RetiredWord {
  readonly pattern: RegExp;
  readonly instead: string;
}

interface Text {
  /** File and line. */
  readonly source: string;
  readonly text: string;
}

const glossary = 'docs/glossary.md';

/** Cells of the rows of the tables that have a column `not`. */
function glossaryRows(): readonly (readonly string[])[] {
  const rows: (readonly string[])[] = [];
  let isIn = false;
  for (const line of readDocument(glossary).split('\n')) {
    const cells = line
      .split(/(?<!\\)\|/)
      .slice(1, -1)
      .map((cell) => cell.trim().replaceAll('\\|', '|'));
    if (cells.length === 0) isIn = false;
    else if (cells[2] === 'not') isIn = true;
    else if (isIn && !/^-+$/.test(cells[0] ?? '')) rows.push(cells);
  }
  return rows;
}

const retired: readonly RetiredWord[] = glossaryRows().flatMap(([word = '', , not = '']) =>
  [...not.matchAll(/`([^`]+)`/g)].map(([, words = '']) => ({
    pattern: new RegExp(`(?<![\\w-])(?:${words})(?![\\w-])`, 'gi'),
    instead: word.replace(/ \(.*/, ''),
  })),
);

function expectNoRetiredWord(texts: readonly Text[]): void {
  const hits = texts.flatMap(({ source, text }) =>
    retired.flatMap(({ pattern, instead }) =>
      [...text.matchAll(pattern)].map(
        ([found]) => `${source}: "${found}", write: ${instead} | ${excerpt(text, found)}`,
      ),
    ),
  );
  expect(hits.join('\n')).toBe('');
}

function excerpt(text: string, found: string): string {
  const at = text.indexOf(found);
  return text
    .slice(Math.max(0, at - 40), at + found.length + 30)
    .trim()
    .replaceAll('\n', ', ');
}

function filesBelow(folder: string, extension: string): readonly string[] {
  return readdirSync(join(checkout, folder), { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith(extension))
    .map((file) => `${folder}/${file}`)
    .sort();
}

function linesOf(source: string, text: string): readonly Text[] {
  return text.split('\n').map((line, index) => ({ source: `${source}:${index + 1}`, text: line }));
}

/** Names in code and members of JSON are not words: the changelog lists those that were renamed. */
function withoutNames(text: string): string {
  return text.replace(/`[^`\s]*`|"\w+":/g, '');
}

function blank(text: string): string {
  return text.replace(/[^\n]/g, '');
}

const console = /```console\n[\s\S]*?```/g;
const documents = ['README.md', 'CHANGELOG.md', 'CONTRIBUTING.md', 'SECURITY.md', ...filesBelow('docs', '.md')];
/** Made from texts that are looked at where they are written: help, and meanings of codes. */
const generated = new Set(['docs/commands.md', 'docs/problems.md']);

/** Of rows with three cells: the column *not* has the retired words themselves. */
function withoutThirdColumn(text: string): string {
  return text.replace(/^((?:\|(?:\\.|[^|\\\n])*){2})\|(?:\\.|[^|\\\n])*\|$/gm, '$1|');
}

function proseOf(document: string): readonly Text[] {
  const text = readDocument(document).replace(console, blank);
  const prose = document === glossary ? withoutThirdColumn(text) : text;
  return linesOf(document, withoutNames(prose));
}

function transcriptsOf(document: string): readonly Text[] {
  const text = readDocument(document);
  return [...text.matchAll(console)].flatMap(([block], index) => linesOf(`${document}, block ${index + 1}`, block));
}

function helpTexts(): readonly Text[] {
  const program = documentedProgram();
  return [program, ...commandsIn(program)].map((command) => {
    let help = '';
    command.configureOutput({
      writeOut: (text) => {
        help += text;
      },
    });
    command.outputHelp();
    return { source: `appcfg ${command.name()} --help`, text: help.replace(/\s+/g, ' ') };
  });
}

const sourceFiles = readSources('src');
const tests = readSources('test');

function readSources(folder: string): ReadonlyMap<string, SourceTexts> {
  return new Map(
    filesBelow(folder, '.ts').map((file) => [file, textsOf(readFileSync(join(checkout, file), 'utf8'))] as const),
  );
}

function textsIn(
  sources: ReadonlyMap<string, SourceTexts>,
  select: (texts: SourceTexts) => readonly SourceText[],
): readonly Text[] {
  return [...sources].flatMap(([file, texts]) =>
    select(texts).map(({ text, line }) => ({ source: `${file}:${line}`, text: withoutNames(text) })),
  );
}

/** `lane` is a name in code: see the glossary. */
function withoutLanes(texts: readonly Text[]): readonly Text[] {
  return texts.map(({ source, text }) => ({ source, text: text.replace(/(?<![\w-])lanes?(?![\w-])/gi, 'X') }));
}

function messages(): readonly Text[] {
  return textsIn(sourceFiles, ({ literals }) => literals).filter(({ text }) => text !== 'lane');
}

/** Those of a file as one text: `isInFlight` as "is In Flight". */
function identifiersOf([file, { identifiers }]: readonly [string, SourceTexts]): Text {
  const words = identifiers.map((name) => name.replace(/([a-z\d])(?=[A-Z])/g, '$1 ').replaceAll('_', ' '));
  return { source: file, text: words.join('\n') };
}

test('the glossary lists retired words', () => {
  expect(retired.length).toBeGreaterThan(50);
});

test('the tokenizer finds the texts of TypeScript', () => {
  const source = [
    "import a from 'module';",
    "// 'comment'",
    // biome-ignore lint/suspicious/noTemplateCurlyInString: it is source code.
    'const b = `is "${c ? `no ${d}` : \'yes\'}" ${{ e: 1 }.e} meant?`;',
    "const f = /'[/']/.test(g) ? 1 / 2 : 'it\\'s';",
    "test.each([1])('each %s', () => {}); /* two",
    ' * lines */',
  ].join('\n');
  expect(textsOf(source)).toEqual({
    literals: [
      { text: 'no X', line: 3 },
      { text: 'yes', line: 3 },
      { text: 'is "X" X meant?', line: 3 },
      { text: "it's", line: 4 },
      { text: 'each %s', line: 5 },
    ],
    testNames: [{ text: 'each %s', line: 5 }],
    comments: [
      { text: "// 'comment'", line: 2 },
      { text: '/* two', line: 5 },
      { text: '* lines */', line: 6 },
    ],
    identifiers: ['import', 'a', 'from', 'const', 'b', 'c', 'd', 'e', 'f', 'test', 'g', 'each'],
  });
});

test.each(documents.filter((document) => !generated.has(document)))('%s has no retired word', (document) => {
  expectNoRetiredWord(proseOf(document));
});

test('no help has a retired word', () => {
  expectNoRetiredWord(helpTexts());
});

test('no message has a retired word', () => {
  expectNoRetiredWord(messages());
});

test('messages refer to pages that exist', () => {
  const pages = messages().flatMap(({ text }) =>
    [...text.matchAll(/\b(?:docs\/)?[\w-]+\.md\b|\bREADME\b(?!\.md)/g)].map(([page]) => page),
  );
  expect(pages.length).toBeGreaterThan(0);
  expect(pages.filter((page) => !documents.includes(page) || page === 'README.md')).toEqual([]);
});

test('no transcript has a retired word', () => {
  const shown = documents.flatMap(transcriptsOf);
  const scenarios = filesBelow('test/scenarios', '.txt').flatMap((file) =>
    linesOf(file, withoutNames(readDocument(file))),
  );
  expectNoRetiredWord([...shown, ...scenarios]);
});

test('no comment has a retired word', () => {
  const comments = [sourceFiles, tests].flatMap((sources) => textsIn(sources, (texts) => texts.comments));
  expectNoRetiredWord(withoutLanes(comments));
});

test('no test name has a retired word', () => {
  expectNoRetiredWord(withoutLanes(textsIn(tests, ({ testNames }) => testNames)));
});

test('no identifier has a retired word', () => {
  const identifiers = [sourceFiles, tests].flatMap((sources) => [...sources].map(identifiersOf));
  expectNoRetiredWord(withoutLanes(identifiers));
});

test('no scenario has a retired word in its name or its files', () => {
  const folder = 'test/scenarios';
  const names = readdirSync(join(checkout, folder)).map((name) => ({
    source: `${folder}/${name}`,
    text: name.replaceAll('-', ' '),
  }));
  const files = filesBelow(folder, '.yml').flatMap((file) => linesOf(file, withoutNames(readDocument(file))));
  expectNoRetiredWord([...names, ...files]);
});
