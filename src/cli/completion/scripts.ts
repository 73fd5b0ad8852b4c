// What `appcfg completion` prints. The scripts ask the program for the words that can follow: `appcfg completion --words WORD…`.
// Its first line is `files` where a file is wanted, else `words`; each other line is a word, a tab, and what it is. The words come
// from the names of folders, which anyone may have chosen: each script quotes them, and none expands them.
import bash from './appcfg.bash?raw';
import fish from './appcfg.fish?raw';
import zsh from './appcfg.zsh?raw';

export const completionScripts = { bash, zsh, fish } as const;
