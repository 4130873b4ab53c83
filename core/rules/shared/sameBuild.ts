import { match, matchNames } from '../../image/match.ts';
import { referenceParts } from '../../image/mobility.ts';
import { splitOnce } from '../../image/split.ts';
import { alternatives, holes, literal, type Part, type Template, text } from '../../image/template.ts';
import type { Build, Item } from '../../usage/usage.ts';

type Nearness = 'job' | 'run' | 'repository';

/**
 * How two builds differ: they make other things (`image`), one thing for other machines, stages or arguments (`variant`), one thing under
 * other tags (`name`), or nothing tells them apart (`undefined`; also where that cannot be known).
 */
export function difference(a: Build, b: Build, nearness: Nearness): 'image' | 'platform' | 'variant' | 'name' | undefined {
  if (standsElsewhere(a) || standsElsewhere(b)) return undefined;
  if (differ(folder(a), folder(b), nearness) || differ(dockerfile(a), dockerfile(b), nearness)) return 'image';
  if (platformsDiffer(a, b)) return 'platform';
  const certain = match(folder(a), folder(b), nearness) === 'same' && match(dockerfile(a), dockerfile(b), nearness) === 'same';
  if (!certain) return undefined;
  const targets = [a, b].map(({ target }) => target?.template ?? []);
  if (differ(targets[0] ?? [], targets[1] ?? [], nearness) || argumentsDiffer(a, b, nearness)) return 'variant';
  return namedApart(a, b, nearness) ? 'name' : undefined;
}

function differ(a: Template, b: Template, nearness: Nearness): boolean {
  return match(a, b, nearness) === 'never';
}

/** The context without `./` and `/` at its ends; empty for the repository itself, also for the action's default. */
function folder({ context, step, job, at }: Build): Template {
  const start = step.run ? plainPath(text((step.workingDirectory ?? job.workingDirectory)?.value ?? '', at)) : [];
  const path = plainPath(context?.template ?? []);
  return start.length > 0 && path.length > 0 ? [...start, ...text('/', at), ...path] : [...start, ...path];
}

/** A script that changes its folder, or starts in one that nobody knows. */
function standsElsewhere({ step, job }: Build): boolean {
  return (
    step.run !== undefined &&
    (/\b(?:cd|pushd)\s/.test(step.run.value) || (step.workingDirectory ?? job.workingDirectory)?.value.includes('${{') === true)
  );
}

/** The Dockerfile's path from the repository, as far as it is written. */
function dockerfile(build: Build): Template {
  const context = folder(build);
  return build.dockerfile
    ? plainPath(build.dockerfile.template)
    : [...context, ...text(context.length > 0 ? '/Dockerfile' : 'Dockerfile', build.at)];
}

function plainPath(path: Template): Template {
  const parts: Part[] = [...path];
  const [first] = parts;
  if (first?.kind === 'text') parts[0] = { ...first, text: first.text.replace(/^(?:\.\/)+/, '').replace(/^\.$/, '') };
  const last = parts.at(-1);
  if (last?.kind === 'text' && last.text.endsWith('/')) parts[parts.length - 1] = { ...last, text: last.text.slice(0, -1) };
  return parts.filter(part => part.kind !== 'text' || part.text !== '');
}

function platformsDiffer(a: Build, b: Build): boolean {
  const [left = [], right = []] = [a.platforms, b.platforms];
  if (left.length === 0 || right.length === 0) return false;
  return left.every(one => right.every(other => match(one, other, 'job') === 'never'));
}

function argumentsDiffer(a: Build, b: Build, nearness: Nearness): boolean {
  const values = new Map(b.buildArgs.flatMap(item => pair(item)));
  return a.buildArgs
    .flatMap(item => pair(item))
    .some(([name, value]) => {
      const other = values.get(name);
      return other !== undefined && differ(value, other, nearness);
    });
}

function pair({ template }: Item): readonly (readonly [string, Template])[] {
  const parts = splitOnce(template, '=');
  const name = parts && literal(parts[0]);
  return parts && name !== undefined ? [[name, parts[1]]] : [];
}

/** More pairs of names are not compared. */
const maxPairs = 400;

/** Both push to one repository and share no tag there. */
function namedApart(a: Build, b: Build, nearness: Nearness): boolean {
  if (a.job === b.job || a.pushes === false || b.pushes === false) return false;
  const [left = [], right = []] = [a, b].map(({ tags }) => tags.flatMap(({ template }) => alternatives(template)));
  if (left.length * right.length > maxPairs) return false;
  const pairs = left.flatMap(one => right.map(other => [referenceParts(one), referenceParts(other)] as const));
  const inOne = pairs.filter(([one, other]) => matchNames(one.name, other.name, nearness) !== 'never');
  return inOne.length > 0 && inOne.every(([one, other]) => one.tag && other.tag && differ(one.tag.value, other.tag.value, nearness));
}

/** The matrix axes that decide what a build makes, by their paths; its names alone do not count. */
export function axesOf({ context, dockerfile, target, platforms, buildArgs, buildContexts, step, job }: Build): readonly string[] {
  const items = [context, dockerfile, target, ...buildArgs, ...buildContexts].flatMap(item => item?.template ?? []);
  const start = step.run && (step.workingDirectory ?? job.workingDirectory)?.value;
  const entered = [matrixPath.exec(start ?? ''), /\bcd\s[^\n]*/.exec(step.run?.value ?? '')].flatMap(
    found => matrixPath.exec(found?.[0] ?? '')?.[1] ?? [],
  );
  return [...new Set([...[...items, ...(platforms ?? []).flat()].flatMap(part => axesIn([part])), ...entered])];
}

const matrixPath = /\$\{\{\s*matrix\.([\w.-]+)\s*\}\}/;

/** The matrix axes that a value depends on. */
export function axesIn(template: Template): readonly string[] {
  const stations = template.flatMap(part => [
    ...part.via,
    ...(part.kind === 'choice' ? part.options.flat().flatMap(({ via }) => via) : []),
  ]);
  const passed = stations.flatMap(({ what }) => /^matrix (.+)$/.exec(what)?.[1] ?? []);
  return [...new Set([...passed, ...holes(template).flatMap(({ source }) => /^matrix\.([\w.-]+)$/.exec(source)?.[1] ?? [])])];
}
