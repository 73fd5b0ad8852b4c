import { mkdir, rename, rm, writeFile as write } from 'node:fs/promises';

/** Writes a file whole or not at all: to `<path>.part`, which then takes its name. Its folder must exist. */
export async function writeFile(path: string, text: string): Promise<void> {
  const part = `${path}.part`;
  try {
    await write(part, text);
    await rename(part, path);
  } catch (error) {
    await rm(part, { force: true });
    throw error;
  }
}

/** Makes a folder and those above it, where they do not exist. */
export async function makeFolder(path: string): Promise<void> {
  await mkdir(path, { recursive: true });
}

/** Writes to a pipe or device, which cannot be replaced, or to a small file that other runs write, too. */
export function writeInPlace(path: string, text: string): Promise<void> {
  return write(path, text);
}
