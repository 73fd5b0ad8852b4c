// Letters of other alphabets that are drawn as Latin ones. Only those that look the same in common fonts: the complete table of
// Unicode (UTS #39) also has pairs that are merely close, such as `rn` and `m`.

const pairs: readonly (readonly [others: string, latin: string])[] = [
  // Cyrillic
  ['АВЕЅІЈКМНОРСТУХҺԌԚԜӀ', 'ABESIJKMHOPCTYXHGQWI'],
  ['аеѕіјорсухһԁԛԝӏ', 'aesijopcyxhdqwl'],
  // Greek
  ['ΑΒΕΖΗΙΚΜΝΟΡΤΥΧϳ', 'ABEZHIKMNOPTYXj'],
  ['ονιαρ', 'oviap'],
  // Latin letters of phonetic alphabets, and the Turkish i
  ['ɑɡı', 'agi'],
];

const latinOf: ReadonlyMap<string, string> = new Map(
  pairs.flatMap(([others, latin]) => [...others].map((other, index) => [other, latin[index] ?? other] as const)),
);

/** The text with Latin letters in place of those that are drawn like them. */
export function latinLookalike(text: string): string {
  let result = '';
  for (const character of text) result += latinOf.get(character) ?? character;
  return result;
}

/** Two alphabets in one word: the first letter of the other one, and its alphabet. */
export function mixedAlphabets(name: string): { readonly letter: string; readonly alphabet: string } | undefined {
  for (const [word] of name.matchAll(/[\p{L}\p{M}]+/gu)) {
    if (!/\p{Script=Latin}/u.test(word)) continue;
    const [letter] = /[\p{Script=Cyrillic}\p{Script=Greek}]/u.exec(word) ?? [];
    if (letter !== undefined) return { letter, alphabet: /\p{Script=Greek}/u.test(letter) ? 'Greek' : 'Cyrillic' };
  }
  return undefined;
}
