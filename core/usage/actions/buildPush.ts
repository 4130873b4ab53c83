import { alternatives, literal, type Template } from '../../image/template.ts';
import { cacheType, readAttributes } from '../attributes.ts';
import { eventsOf, type Start } from '../starts.ts';
import type { ActionAdapter, ActionFacts, StepReader } from '../stepReader.ts';
import type { Attribute, Build, Fact, Item } from '../usage.ts';

/** docker/build-push-action and its drop-ins. Splitting as in its source, src/context.ts: tags at newlines and commas, the other lists at newlines. */
export const buildPush: ActionAdapter = {
  names: ['docker/build-push-action', 'depot/build-push-action', 'useblacksmith/build-push-action'],
  read(step: StepReader): ActionFacts {
    const outputs = step.list('outputs').map(({ template }) => readAttributes(template));
    const pushes = step.flag('push', false);
    const exportsRegistry = outputs.some(isRegistryOutput);
    const digest = step.step.id && `steps.${step.step.id.value}.outputs.digest`;
    const named = outputs.flatMap(attributes => attributes.filter(({ key }) => key === 'name').map(({ value }) => value));
    const build: Fact = {
      kind: 'build',
      tool: step.step.uses?.value.replace(/@.*/, '') ?? '',
      at: step.at,
      ...buildInputs(step, outputs),
      tags: [...step.list('tags', /[\n,]/), ...named.flatMap(template => asItem(template))],
      pushes: exportsRegistry ? true : pushes,
      ...(pushes === undefined && !exportsRegistry && pushedWith(step.startsWith('push'))),
      ...(digest && { digest }),
    };
    const exports = step.list('cache-to').flatMap(entry => cacheFact('cacheExport', entry));
    const imports = step.list('cache-from').flatMap(entry => cacheFact('cacheImport', entry));
    return {
      facts: [build, ...exports, ...imports],
      outputs: new Map([step.output('digest', 'digest'), step.output('imageid', 'digest')]),
    };
  },
};

function pushedWith(starts: readonly Start[]): Pick<Build, 'pushEvents' | 'pushStarts'> {
  return { pushEvents: eventsOf(starts), pushStarts: starts };
}

/** What goes into the image, beside its names. */
function buildInputs(
  step: StepReader,
  outputs: readonly (readonly Attribute[])[],
): Pick<Build, 'byDigest' | 'platforms' | 'context' | 'dockerfile' | 'target' | 'buildArgs' | 'buildContexts' | 'labels' | 'provenance'> {
  const one = (name: string, key: string) => {
    const template = step.input(name);
    const span = step.inputSpan(name);
    return template && span && template.length > 0 ? { [key]: { template, span } } : {};
  };
  const provenance = step.text('provenance');
  return {
    byDigest: outputs.some(attributes => isTrue(attributes, 'push-by-digest')),
    platforms: step.list('platforms', /[\n,]/).map(({ template }) => template),
    ...one('context', 'context'),
    ...one('file', 'dockerfile'),
    ...one('target', 'target'),
    buildArgs: step.list('build-args'),
    buildContexts: step.list('build-contexts'),
    labels: step.list('labels'),
    provenance: provenance === 'false' ? false : provenance === undefined ? undefined : true,
  };
}

function isTrue(attributes: readonly Attribute[], name: string): boolean {
  return literal(attributes.find(({ key }) => key === name)?.value ?? []) === 'true';
}

function isRegistryOutput(attributes: ReturnType<typeof readAttributes>): boolean {
  const value = (name: string) => literal(attributes.find(({ key }) => key === name)?.value ?? []);
  return value('type') === 'registry' || value('push') === 'true';
}

function asItem(template: Template): readonly Item[] {
  const span = template[0]?.at;
  return span ? [{ template, span }] : [];
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
