import { referenceParts } from '../../../image/mobility.ts';
import { splitOnce } from '../../../image/split.ts';
import { alternatives, display, literal } from '../../../image/template.ts';
import type { Fact, Item } from '../../usage.ts';
import { all, flags, itemIn } from '../flags.ts';
import { noFlags, program, type Verb } from '../program.ts';
import { composed, unnamed } from '../references.ts';
import { deploysOf, setting } from './settings.ts';

/**
 * The reference that `kustomize edit set image` and its like set: `NAME=REPO:TAG`, `NAME=REPO@DIGEST`, `NAME:TAG`, `NAME@DIGEST`;
 * `*` in place of a repository or a tag keeps the old one.
 */
export function kustomizeImage(item: Item): Item | undefined {
  const pair = splitOnce(item.template, '=');
  const value = pair ? itemIn(item, pair[1]) : item;
  const kept = /^\*([:@])/.exec(display(value.template))?.[1];
  if (kept === ':' || kept === '@') {
    const rest = splitOnce(value.template, kept);
    return rest && composed(pair?.[0] ?? [], kept, itemIn(item, rest[1]));
  }
  const [form = []] = alternatives(value.template);
  const { name, tag, digest, open } = referenceParts(form);
  if (tag && literal(tag.value) === '*')
    return { template: [...name, ...tag.colon, ...unnamed('the tag as it was', item).template], span: value.span };
  if (tag || digest || open) return value;
  return pair ? { ...composed(value.template, ':', unnamed('the tag as it was', item)), span: value.span } : undefined;
}

function deploys(items: readonly Item[], target: string): readonly Fact[] {
  return items.flatMap(item => {
    const reference = kustomizeImage(item);
    return reference ? [{ kind: 'deploy', at: reference.span, reference, target }] : [];
  });
}

export const kustomize = program(['kustomize'], noFlags, [
  { names: ['edit set image'], read: ({ positionals }) => deploys(positionals, '') },
]);

const argoFlags = flags(
  '--kustomize-image -p|--parameter --helm-set --helm-set-string --values --revision --repo --path --dest-server --dest-namespace --dest-name --project ' +
    '--server --auth-token --app-namespace -N --source-position --sync-policy --kind --resource-name --header -H --grpc-web-root-path --plugin-env',
);

/** Argo CD deploys what an application's parameters say. */
const setApplication: Verb = {
  names: ['app set', 'app create'],
  flags: argoFlags,
  read(line) {
    const target = display(line.positionals[0]?.template ?? []);
    const parameters = all(line, '--parameter', '--helm-set', '--helm-set-string').flatMap(item => setting(item) ?? []);
    return [...deploys(all(line, '--kustomize-image'), target), ...deploysOf(parameters, target)];
  },
};

const restart: Verb = {
  names: ['app actions run'],
  flags: argoFlags,
  read({ positionals: [application, action] }, { at }) {
    if (!application || literal(action?.template ?? []) !== 'restart') return [];
    return [{ kind: 'restart', at, target: display(application.template) }];
  },
};

export const argocd = program(['argocd'], argoFlags, [setApplication, restart]);
