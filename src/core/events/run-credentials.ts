// The credentials that a run finds in its environment: what no output may show, wherever it was quoted.
import type { Scrubber } from './scrubber.ts';
import { tokenParts } from './secret-forms.ts';

/** By the last words of their names: AWS's, GitLab's predefined variables, and those that users define. */
const credential =
  /(?:^|_)(?:TOKEN|PASSWORD|PASSWD|SECRET|SECRET_ACCESS_KEY|ACCESS_KEY_ID|PRIVATE_KEY|API_KEY|JWT(?:_V[0-9])?)$/i;

/** Credentials in a URL, such as the job token in CI_REPOSITORY_URL. */
const userInfo = /(?:^|=|:\/\/)([^\s/?#:@]*)(?::([^\s?#@]*))?@/;

/** Lets the scrubber remove them from all events. */
export function learnCredentials(scrubber: Scrubber, environment: Readonly<Record<string, string | undefined>>): void {
  for (const [name, text = ''] of Object.entries(environment)) {
    if (credential.test(name)) for (const part of tokenParts(text.trim())) scrubber.learnCredential(part);
    learnUserInfo(scrubber, text);
  }
}

/** Lets the scrubber remove the password of a URL, or the user name where that is the only credential. */
export function learnUserInfo(scrubber: Scrubber, url: string): void {
  const [, user, password] = userInfo.exec(url) ?? [];
  const secret = password || user;
  if (secret === undefined) return;
  scrubber.learnCredential(secret);
  try {
    scrubber.learnCredential(decodeURIComponent(secret));
  } catch {
    // It is no percent-encoding: the plain form is known.
  }
}
