// The files of a tree, kept while it is read: a review compares them.
import type { Layers, Tenant } from '../render/layers.ts';
import type { Settings } from '../settings/settings.ts';
import type { TreeFiles } from './reviewed-tree.ts';

export class KeptFiles implements TreeFiles {
  template: Layers = { everywhere: new Map(), environments: new Map() };
  readonly tenants = new Map<string, Tenant>();

  /** The template comes first. */
  readonly add = (files: Layers | Tenant): void => {
    if ('name' in files) this.tenants.set(files.name, files);
    else this.template = files;
  };
}

/** The settings as the file of the tree has them: without what only the settings base redacts. */
export function withOwnRedaction(settings: Settings): Settings {
  const ofBase = new Set(settings.redactOfBase);
  return { ...settings, redact: settings.redact.filter((pattern) => !ofBase.has(pattern)), redactOfBase: [] };
}
