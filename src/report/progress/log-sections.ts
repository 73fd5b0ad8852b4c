// Parts of GitLab's job log that a reader folds. Source: docs.gitlab.com, CI/CD job logs, custom collapsible sections.

/** What GitLab accepts in a name; any other character would make the marker a text. */
const unaccepted = /[^A-Za-z0-9_.-]+/g;
const longestLabel = 40;

/** One part at a time: GitLab would nest a part that begins within another. */
export class LogSections {
  readonly #write: (marker: string) => void;
  readonly #now: () => number;
  #opened = 0;
  #open: { readonly label: string; readonly name: string; readonly isFolded: boolean } | undefined;

  /**
   * @param write writes a marker as it is: nothing of it comes from outside but the letters of a label
   * @param now milliseconds since 1970
   */
  constructor(write: (marker: string) => void, now: () => number) {
    this.#write = write;
    this.#now = now;
  }

  /** Ends the part before. What is written next is the title, up to its line break. */
  begin(label: string, { isFolded }: { readonly isFolded: boolean }): void {
    this.end();
    const seconds = this.#seconds;
    this.#opened += 1;
    // Several runs in one job have names of their own, too.
    const name = ['appcfg', seconds, this.#opened, label.replace(unaccepted, '_').slice(0, longestLabel)].join('_');
    this.#open = { label, name, isFolded };
    this.#write(marker('start', seconds, isFolded ? `${name}[collapsed=true]` : name));
  }

  /** @param label ends only the part with it */
  end(label = this.#open?.label): void {
    if (this.#open === undefined || this.#open.label !== label) return;
    this.#write(marker('end', this.#seconds, this.#open.name));
    this.#open = undefined;
  }

  /** Ends a part whose lines are only seen after a click. */
  unfold(): void {
    if (this.#open?.isFolded === true) this.end();
  }

  get #seconds(): number {
    return Math.floor(this.#now() / 1000);
  }
}

/** No line break follows: GitLab would show an empty line. A terminal erases the marker. */
function marker(what: 'start' | 'end', seconds: number, name: string): string {
  return `\u001b[0Ksection_${what}:${seconds}:${name}\r\u001b[0K`;
}
