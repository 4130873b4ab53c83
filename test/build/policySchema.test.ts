import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { parse } from 'yaml';
import { ruleTitles as titles } from '../../core/allRules.ts';
import { loadPolicy } from '../../core/policy/load.ts';
import { policyJsonSchema, policySchema } from '../../core/policy/schema.ts';
import { policyPaths } from '../../core/workspace/paths.ts';

const root = join(import.meta.dirname, '..', '..');
const schema = {
  $id: 'https://github.com/tallyman/tallyman/blob/main/schemas/tallyman.schema.json',
  title: 'Tallyman’s policy',
  ...policyJsonSchema(policySchema(titles)),
};

// `npm run generate` writes the file by updating this snapshot, so it cannot be fresh in any other way than this one.
test('the published JSON Schema is the one that policies are read by: `npm run generate` writes it', async () => {
  await expect(`${JSON.stringify(schema, undefined, 2)}\n`).toMatchFileSnapshot(join(root, 'schemas', 'tallyman.schema.json'));
});

test('VS Code’s YAML extension finds the schema for every place where a policy may lie', () => {
  const { contributes } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
  expect(contributes.yamlValidation).toEqual([{ fileMatch: policyPaths, url: './schemas/tallyman.schema.json' }]);
  expect(readFileSync(join(root, '.vscodeignore'), 'utf8').split('\n')).toContain('!schemas/**');
});

test('every key is explained', () => {
  const bare: string[] = [];
  const visit = (node: unknown, path: string): void => {
    if (typeof node !== 'object' || node === null) return;
    const { properties, description } = node as { properties?: object; description?: string };
    if (/\.properties\.[^.]+$/.test(path) && !description) bare.push(path);
    for (const [key, value] of Object.entries({ ...node, ...(properties && { properties }) })) visit(value, `${path}.${key}`);
  };
  visit(schema, '');
  expect(bare).toEqual([]);
});

test('the guide’s example is a policy, and shows every key', () => {
  const guide = readFileSync(join(root, 'docs', 'policy.md'), 'utf8');
  const example = /```yaml\n([\s\S]*?)```/.exec(guide)?.[1] ?? '';
  expect(loadPolicy(example, titles).problems).toEqual([]);
  const shown = parse(example);
  expect(Object.keys(shown)).toEqual(Object.keys(schema['properties'] as object));
  const environment = (schema['properties'] as Record<string, { additionalProperties: { anyOf: [{ properties: object }] } }>)[
    'environments'
  ];
  const keys = new Set(Object.values(shown.environments as Record<string, object>).flatMap(one => Object.keys(one)));
  expect([...keys].sort()).toEqual(Object.keys(environment?.additionalProperties.anyOf[0].properties ?? {}).sort());
});
