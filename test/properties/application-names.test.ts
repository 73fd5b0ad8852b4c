import fc from 'fast-check';
import { expect, test } from 'vitest';
import { settingsText } from '../../src/core/import/settings-text.ts';
import { tenantsByMap } from '../../src/core/import/tenant-names.ts';
import { applicationNameOf, tenantNaming } from '../../src/core/settings/application-name.ts';
import { parseSettings } from '../../src/core/settings-file/parse-settings.ts';

const part = fc.constantFrom('a', 'b', 'ab', 'x*', '[1]', '$&', '{tenant}', '{x}', 'é', '"', ': ', '#', '-');
const name = fc.array(part, { minLength: 1, maxLength: 4 }).map((parts) => parts.join(''));
const tenant = name.map((text) => text.replace(/[{}]/g, ''));
/** Mostly of a few patterns, as in an account. */
const entry = fc.tuple(tenant, fc.constantFrom('{}', 'cfg-{}', '{}-old', 'a{}a'), name, fc.integer({ max: 4, min: 0 }));

test('any map from applications to tenants becomes settings that name them so, both ways', async () => {
  const maps = fc.uniqueArray(entry, { selector: ([each]) => each, minLength: 1, maxLength: 12 });
  await fc.assert(
    fc.asyncProperty(maps, async (entries) => {
      const map = new Map(
        entries.map(([of, pattern, other, kind]) => [kind === 0 ? other : pattern.replace('{}', () => of), of]),
      );
      const names = tenantsByMap(map);
      const strategies = { environments: new Map(), own: new Map() };
      const text = settingsText({ project: 'a/b', region: undefined, names, strategies, profiles: [] });
      const { settings, problems } = await parseSettings(text, 'appcfg.yml');
      expect(problems, text).toEqual([]);
      const tenantOf = tenantNaming(settings);
      for (const [application, of] of names.tenants) {
        expect([applicationNameOf(settings, of), tenantOf(application)], text).toEqual([application, of]);
      }
      expect([...names.tenants.keys(), ...names.impossible].sort()).toEqual([...map.keys()].sort());
      expect(names.impossible.every((each) => /[{}]/.test(each))).toBe(true);
    }),
  );
});
