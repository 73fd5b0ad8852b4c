import { join, resolve } from 'node:path';
import type { Command } from 'commander';
import type { Process } from '../../engine/context.ts';
import { NamesOfTree } from '../../engine/offline/names-of-tree.ts';
import { completeWords } from './complete-words.ts';

/** What the scripts ask for. Whatever is wrong, a line that is being typed gets no message. */
export async function answerShell(
  words: readonly string[],
  process: Pick<Process, 'env' | 'cwd'>,
  program: Command,
): Promise<string> {
  const { env, cwd } = process;
  const namesIn = (chdir = env.APPCFG_CHDIR ?? '.') => {
    const home = env.HOME;
    const folder = home !== undefined && /^~(?:\/|$)/.test(chdir) ? join(home, chdir.slice(1)) : chdir;
    return new NamesOfTree(resolve(cwd(), folder));
  };
  try {
    const region = env.AWS_REGION || env.AWS_DEFAULT_REGION;
    const { isFile, words: found } = await completeWords(words, { program, namesIn, region });
    const lines = found.map(({ word, about }) => `${word}\t${about.replace(/\s+/g, ' ')}`);
    return [isFile ? 'files' : 'words', ...lines].map((line) => `${line}\n`).join('');
  } catch {
    return '';
  }
}
