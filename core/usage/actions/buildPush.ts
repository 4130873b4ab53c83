import { alternatives, display, literal, type Template } from '../../image/template.ts';
import { attestations } from '../attestations.ts';
import { cacheType, readAttributes } from '../attributes.ts';
import { optionalItem } from '../optional.ts';
import { eventsOf, type Start } from '../starts.ts';
import type { ActionAdapter, ActionFacts, StepReader } from '../stepReader.ts';
import { items } from '../stepReader.ts';
import type { Attribute, Build, Fact, FactOf, Item } from '../usage.ts';
import { legacyBuild } from './legacyBuildPush.ts';
import { type Unexpanded, withoutVariables } from './unexpanded.ts';

/** docker/build-push-action and its drop-ins. Splitting as in its source, src/context.ts: tags at newlines and commas, the other lists at newlines. */
export const buildPush: ActionAdapter = {
  names: ['docker/build-push-action', 'depot/build-push-action', 'useblacksmith/build-push-action', 'int128/kaniko-action'],
  read(step: StepReader): ActionFacts {
    // The first version named a repository and pushed by itself.
    if (step.inputSpan('repository')) return legacyBuild(step);
    const unexpanded: Unexpanded[] = [];
    const list = (name: string, separators?: RegExp) => step.list(name, separators).map(item => withoutVariables(item, unexpanded));
    const exporters = list('outputs').map(output => ({ output, attributes: readAttributes(output.template) }));
    const named = exporters.flatMap(({ output, attributes }) => exportedNames(output, attributes));
    const exports = cacheExports(step, list('cache-to'));
    const missed: Unexpanded[] = [];
    const imports = step.list('cache-from').flatMap(entry => cacheFact('cacheImport', withoutVariables(entry, missed)));
    for (const one of missed) unexpanded.push({ ...one, isImport: true });
    const build: FactOf<Build> = {
      kind: 'build',
      tool: step.name,
      at: step.at,
      ...buildInputs(step),
      ...pushing(
        step,
        exporters.map(({ attributes }) => attributes),
      ),
      tags: [...list('tags', /[\n,]/), ...named],
      byDigest: exporters.some(({ attributes }) => known(attributes, 'push-by-digest') === 'true'),
      ...(exporters.length > 0 && { outputs: exporters.map(({ output }) => output) }),
      ...digestOf(step),
      ...(unexpanded.length > 0 && { unexpanded }),
    };
    const kaniko = step.list('cache-repository').flatMap(entry => [...cacheFact('cacheExport', entry), ...cacheFact('cacheImport', entry)]);
    return {
      facts: [build, ...exports, ...imports, ...kaniko],
      outputs: new Map([step.output('digest', 'digest'), step.output('imageid', 'digest'), step.output('metadata', 'anything')]),
    };
  },
};

/** Where `cache-to` writes; where an expression decides, with which starts. */
function cacheExports(step: StepReader, entries: readonly Item[]): readonly Fact[] {
  const facts = entries.flatMap(entry => cacheFact('cacheExport', entry));
  const written = step.step.with?.entries.get('cache-to')?.value.value ?? '';
  if (!written.includes('${{') || !/&&|\|\||\benv\./.test(written)) return facts;
  const forms = step.starts.map(start => ({ start, said: new Set(formsOf(step.input('cache-to', step.scope.assuming(start)) ?? [])) }));
  return facts.map(fact => {
    if (fact.kind !== 'cacheExport') return fact;
    const entry = display(fact.entry.template);
    const starts = forms.filter(({ said }) => said.has(entry)).map(({ start }) => start);
    return starts.length > 0 && starts.length < forms.length ? { ...fact, exportStarts: starts } : fact;
  });
}

function formsOf(value: Template): readonly string[] {
  return items(value, /\n/).flatMap(({ template }) => alternatives(template).map(form => display(form)));
}

/** The expression for the digest that a step's build gives out. */
export function digestOf({ step }: StepReader): Pick<Build, 'digest'> {
  return step.id ? { digest: `steps.${step.id.value}.outputs.digest` } : {};
}

/** What goes into the image, beside its names, by the inputs of docker/build-push-action. */
export function buildInputs(
  step: StepReader,
): Pick<
  Build,
  'platforms' | 'context' | 'dockerfile' | 'target' | 'buildArgs' | 'buildContexts' | 'labels' | 'secrets' | 'attestations' | 'loads'
> {
  const loads = step.flag('load', false);
  return {
    platforms: platformsOf(step.list('platforms', /[\n,]/)),
    ...optionalItem('context', step.item('context')),
    ...optionalItem('dockerfile', step.item('file')),
    ...optionalItem('target', step.item('target')),
    buildArgs: step.list('build-args'),
    buildContexts: step.list('build-contexts'),
    labels: step.list('labels'),
    secrets: [...step.list('secrets'), ...step.list('secret-envs'), ...step.list('secret-files')],
    ...attestations(
      step.input('provenance'),
      step.input('sbom'),
      step.list('attests').map(({ template }) => readAttributes(template)),
    ),
    ...(loads !== false && { loads }),
  };
}

/** The platforms, `undefined` where an expression decides how many there are. */
export function platformsOf(given: readonly Item[]): readonly Template[] | undefined {
  const isKnown = given.every(({ template }) => alternatives(template).every(form => form.some(part => part.kind === 'text')));
  return isKnown ? given.map(({ template }) => template) : undefined;
}

/** Whether a build pushes, by `push` and its exporters; where an expression decides, with which starts. */
function pushing(step: StepReader, exporters: readonly (readonly Attribute[])[]): Pick<Build, 'pushes' | 'pushEvents' | 'pushStarts'> {
  const pushes = step.flag('push', false);
  const exported = exporters.map(attributes => {
    const push = attributes.find(({ key }) => key.trim() === 'push');
    if (known(attributes, 'type') === 'registry') return true;
    return push ? (literal(push.value) === undefined ? undefined : literal(push.value) === 'true') : false;
  });
  if (pushes === true || exported.includes(true)) return { pushes: true };
  if (pushes === false && !exported.includes(undefined)) return { pushes: false };
  return { pushes: undefined, ...(pushes === undefined && !exported.includes(undefined) && pushedWith(step.startsWith('push'))) };
}

function pushedWith(starts: readonly Start[]): Pick<Build, 'pushEvents' | 'pushStarts'> {
  return { pushEvents: eventsOf(starts), pushStarts: starts };
}

/** `name=a:1,b:2` of an exporter that makes an image. */
export function exportedNames(output: Item, attributes: readonly Attribute[]): readonly Item[] {
  const names = attributes.find(({ key }) => key.trim() === 'name');
  return names ? items(names.value, /,/).map(({ template }) => ({ template, span: template[0]?.at ?? output.span })) : [];
}

function known(attributes: readonly Attribute[], name: string): string | undefined {
  return literal(attributes.find(({ key }) => key.trim() === name)?.value ?? []);
}

/** A `--cache-to`/`cache-to` entry as facts: one, or one for each form that an expression may give it. None where the backend cannot be known. */
export function cacheFact(kind: 'cacheExport' | 'cacheImport', { template, span }: Item): readonly Fact[] {
  const forms = template.length === 1 && template[0]?.kind === 'choice' ? alternatives(template) : [template];
  return forms.flatMap((form): readonly Fact[] => {
    const attributes = readAttributes(form);
    const backend = cacheType(attributes);
    return backend ? [{ kind, at: span, entry: { template: form, span }, attributes, ...backend }] : [];
  });
}
