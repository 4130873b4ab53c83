import { splitOnce } from '../../image/split.ts';
import { choice, derived, type Template } from '../../image/template.ts';
import type { ActionAdapter } from '../stepReader.ts';
import type { Fact, Item } from '../usage.ts';
import { loginBy } from './logins.ts';
import { reference, tagged } from './references.ts';

/** redhat-actions/push-to-registry: pushes what a buildah step left on the machine. */
export const pushToRegistry: ActionAdapter = {
  names: ['redhat-actions/push-to-registry'],
  read(step) {
    const registry = step.input('registry');
    const image = step.input('image') ?? [];
    const given = step.list('tags', /\s/);
    const tags = given.length > 0 ? tagged(step, registry, image, given) : [reference(step, registry, image, derived('latest', step.at))];
    const pushes = tags.map((tag): Fact => ({ kind: 'push', tool: step.name, at: tag.span, reference: tag }));
    const path = choice(
      tags.map(({ template }) => template),
      step.at,
    );
    return {
      facts: [...(step.inputSpan('password') ? [loginBy(step, host(registry ?? []))] : []), ...pushes],
      outputs: new Map<string, Template>([
        step.output('digest', 'digest'),
        ['registry-path', path],
        step.output('registry-paths', 'anything'),
      ]),
    };
  },
};

/** `quay.io/acme` → `quay.io`. */
function host(registry: Template): Template {
  return splitOnce(registry, '/')?.[0] ?? registry;
}

/** akhilerm/tag-push-action and its like: `src` gets the names in `dst`, in the registry. */
export const tagPush: ActionAdapter = {
  names: ['akhilerm/tag-push-action', 'int128/docker-manifest-create-action'],
  read(step) {
    const sources = [...step.list('src', /[\n,]/), ...step.list('sources', /[\n,]/)];
    const targets = [...step.list('dst', /[\n,]/), ...step.list('tags', /[\n,]/)];
    const [from, ...others] = sources;
    return {
      facts: from ? targets.map(to => retag(step.name, from, others, to)) : [],
      outputs: new Map([step.output('digest', 'digest')]),
    };
  },
};

function retag(tool: string, from: Item, others: readonly Item[], to: Item): Fact {
  return { kind: 'retag', tool, at: to.span, from, to, ...(others.length > 0 && { others }), remote: true, allPlatforms: true };
}
