import { referenceParts } from '../../image/mobility.ts';
import { alternatives, literal } from '../../image/template.ts';
import type { Edit } from '../../text/span.ts';
import type { CacheExport, CacheImport } from '../../usage/usage.ts';
import type { Problem, RuleContext } from '../rule.ts';
import { addAttributes, attributeOf, buildOf, type Cache, writtenAt } from './cacheEntry.ts';
import { defaultScope } from './cacheStores.ts';

type Fix = NonNullable<Problem['fix']>;

/**
 * Gives an export to GitHub's cache a scope of its own, and the imports of the same build that read the old one; `undefined` where one of
 * them is not written as plain text. `scope` is what is written; without it the image's name is taken. `axes` are the matrix axes in it.
 */
export function ownScope(
  cache: CacheExport,
  scope: string | undefined,
  context: RuleContext,
  axes: readonly string[] = [],
): Fix | undefined {
  if (cache.type !== 'gha' || axes.some(axis => !isPlain(axis, cache))) return undefined;
  const name = scope ?? imageName(cache, context);
  if (name === undefined) return undefined;
  const old = literal(attributeOf(cache, 'scope')?.value ?? []) ?? '';
  const imports = context.usage.usages.filter(
    (use): use is CacheImport => use.kind === 'cacheImport' && use.type === 'gha' && use.step === cache.step,
  );
  const build = buildOf(cache, context.usage);
  const own = imports.filter(
    use => buildOf(use, context.usage) === build && (literal(attributeOf(use, 'scope')?.value ?? []) ?? '') === old,
  );
  const edits: Edit[] = [];
  for (const use of [cache, ...own]) {
    const edit = setScope(use, name, context.path);
    if (!edit) return undefined;
    if (!edits.some(({ span }) => span.start === edit.span.start)) edits.push(edit);
  }
  return { title: `Give it a scope of its own, \`scope=${name}\``, safe: true, edits };
}

function setScope(cache: Cache, name: string, path: string): Edit | undefined {
  const scope = attributeOf(cache, 'scope');
  if (!scope) return addAttributes(cache, [`scope=${name}`], path);
  const [part, more] = scope.value;
  const span = more ? undefined : writtenAt(part, cache.entry, path);
  return span && { span, text: name };
}

/** A comma or quote would end the option. */
function isPlain(axis: string, { job }: CacheExport): boolean {
  return (job.matrix.get(axis) ?? []).every(({ value }) => !/[,"\s]/.test(value));
}

/** The last part of the image's repository, else the job's name: one that no other export in the workspace's file has. */
function imageName(cache: CacheExport, context: RuleContext): string | undefined {
  const build = buildOf(cache, context.usage);
  const names = (build?.tags ?? [])
    .flatMap(({ template }) => alternatives(template))
    .map(form => literal(referenceParts(form).name.slice(-1)));
  const folders = [build?.dockerfile, build?.context].map(
    item => /^(?:\.\/)?([\w./-]+?)(?:\/[\w.-]*Dockerfile[\w.-]*|\/)?$/.exec(literal(item?.template ?? []) ?? '')?.[1],
  );
  const used = new Set(
    context.usage.usages.flatMap(use =>
      use.kind === 'cacheExport' ? [literal(attributeOf(use, 'scope')?.value ?? []) || defaultScope] : [],
    ),
  );
  const candidates = [...names, ...folders, cache.job.id.value].map(name => name?.split('/').at(-1));
  return candidates.find(name => name !== undefined && name !== 'Dockerfile' && /^\w[\w.-]*$/.test(name) && !used.has(name));
}
