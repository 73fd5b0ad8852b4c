// Whether a text was drawn by chance, as keys and tokens are, or has words, as names have.

const uuid = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/** What can be a word, of camel case, too. */
const letterRun = /[A-Z][a-z]{2,}|[a-z]{4,}|[A-Z]{4,}/g;

/** Words have vowels, and few consonants in a row. */
const isWord = (letters: string) => /[aeiouy]/i.test(letters) && !/[bcdfghj-np-tv-xz]{4}/i.test(letters);

/** Characters that are looked at: a token is random from its start. */
const mostCharacters = 200;

/** At least 16 characters of which many are in no word, with digits and letters, and many that differ. A UUID is an id. */
export function isRandom(text: string): boolean {
  if (text.length < 16 || uuid.test(text)) return false;
  const start = text.slice(0, mostCharacters);
  const letters = start.replace(/[^A-Za-z0-9]+/g, '');
  if (letters.length < 14 || !/[0-9]/.test(letters) || !/[A-Za-z]/.test(letters)) return false;
  if (new Set(letters).size < 8 || /^[0-9]*[A-Za-z]+[0-9]*$/.test(letters)) return false;
  const words = (start.match(letterRun) ?? []).filter(isWord).join('');
  return words.length < letters.length * 0.6;
}
