// The licences of the packages that dist/ contains. Each requires that its text is part of every copy.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** Packages that are published without a licence text, and the package whose text is theirs. */
const textOf = {
  // Three packages of the repository aws/aws-sdk-js-v3, whose LICENSE file is in all its other packages.
  '@aws-sdk/credential-provider-http': '@aws-sdk/core',
  '@aws-sdk/credential-provider-login': '@aws-sdk/core',
  '@aws-sdk/nested-clients': '@aws-sdk/core',
};

const licenceFile = /^(licen[cs]e|copying|notice)/i;
const line = '-'.repeat(80);

/**
 * Each package once, packages with the same text together.
 * @param checkout the folder that has node_modules/
 * @param files paths relative to it; those outside node_modules/ are the project's own
 * @throws Error for a package without a licence text
 */
export function thirdPartyNotices(checkout, files) {
  const folders = new Set(files.map((file) => /^.*\bnode_modules\/(?:@[^/]+\/)?[^/]+/.exec(file)?.[0]));
  folders.delete(undefined);
  const packages = [...folders].map((folder) => readPackage(join(checkout, folder)));
  const textsByName = new Map(packages.map(({ name, text }) => [name, text]));
  const titlesByText = new Map();
  for (const { name, version, license, text } of packages) {
    const found = text || textsByName.get(textOf[name]);
    if (!found) throw new Error(`${name} ${version} has no licence text: see textOf in .ci/third-party-notices.js`);
    titlesByText.set(found, [...(titlesByText.get(found) ?? []), `${name} ${version} (${license})`]);
  }
  const notices = [...titlesByText].map(([text, titles]) => `${titles.sort().join('\n')}\n\n${text}\n`).sort();
  return ['The files of this folder contain code of these packages.\n', ...notices].join(`\n${line}\n\n`);
}

function readPackage(folder) {
  const { name, version, license } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
  const texts = readdirSync(folder)
    .filter((file) => licenceFile.test(file))
    .sort()
    .map((file) => readFileSync(join(folder, file), 'utf8').replaceAll('\r\n', '\n').trim());
  return { name, version, license, text: texts.join('\n\n') };
}
