import { splitOnce } from '../../image/split.ts';
import { derived, hole, literal, type Template } from '../../image/template.ts';
import type { ActionAdapter, StepReader } from '../stepReader.ts';
import type { Removal, TagPattern } from '../upkeep.ts';
import type { Fact, Item } from '../usage.ts';

/** One of GitHub's packages as the image that it is: `ghcr.io/OWNER/NAME`, or with a tag. */
function packageOf(step: StepReader, owner: string, name: Item | undefined, tag?: Template): Item {
  const given = step.input(owner);
  const head = given && given.length > 0 ? given : github(step, 'repository_owner');
  const path: Template = name ? [...head, ...derived('/', step.at), ...name.template] : github(step, 'repository');
  const whole = [...derived('ghcr.io/', step.at), ...path];
  return { template: tag ? [...whole, ...derived(':', step.at), ...tag] : whole, span: name?.span ?? step.at };
}

function github({ scope, at }: StepReader, name: string): Template {
  return scope.lookup(['github', name], at) ?? hole(`github.${name}`, 'unknown', at);
}

/** A list of package names, in which `*` stands for any. */
function packages(step: StepReader, owner: string, names: readonly Item[], fallback = true): readonly Item[] {
  if (names.length === 0) return fallback ? [packageOf(step, owner, undefined)] : [];
  return names.map(name => {
    const known = literal(name.template);
    const any = known !== undefined && /[*?]/.test(known);
    return packageOf(step, owner, any ? { template: hole(known, 'unknown', name.span), span: name.span } : name);
  });
}

function patterns(items: readonly Item[], syntax: TagPattern['syntax']): readonly TagPattern[] {
  return items.map(item => ({ item, syntax }));
}

function cleanUps(step: StepReader, repositories: readonly Item[], removal: Removal): readonly Fact[] {
  return repositories.map((reference): Fact => ({ kind: 'delete', tool: step.name, at: step.at, reference, removal }));
}

/** The first of the inputs that is given. */
function saidBy(step: StepReader, ...names: readonly string[]): Pick<Removal, 'untaggedBy'> {
  const span = names.map(name => step.inputSpan(name)).find(one => one !== undefined);
  return span ? { untaggedBy: span } : {};
}

/** Comma-separated as it stands, without quotes. */
const commas = /[\n,]/;

/**
 * actions/delete-package-versions. The versions of a container package are named by their digests, so `ignore-versions` spares no tag
 * unless `ignore-versions-include-tags` says so: src/delete.ts, and its issue 88.
 */
export const deletePackageVersions: ActionAdapter = {
  names: ['actions/delete-package-versions', 'step-security/delete-package-versions'],
  read(step) {
    if (step.text('package-type')?.toLowerCase() !== 'container') return { facts: [] };
    const repositories = packages(step, 'owner', step.list('package-name', commas), false);
    const ignored = step.item('ignore-versions');
    const looksAtTags = step.flag('ignore-versions-include-tags', false);
    const named = step.inputSpan('package-version-ids') !== undefined;
    const untaggedOnly = step.flag('delete-only-untagged-versions', false);
    const removal: Removal = {
      tagged: named || untaggedOnly === undefined ? undefined : !untaggedOnly,
      untagged: named ? undefined : true,
      ...saidBy(step, 'delete-only-untagged-versions'),
      spares: looksAtTags === undefined ? undefined : ignored && looksAtTags ? patterns([ignored], 'regex') : [],
      sparesChildren: false,
      ...(ignored &&
        looksAtTags === false &&
        untaggedOnly === false && {
          idle: { item: ignored, reason: '`ignore-versions` is compared with the digests of a container’s versions, not with their tags' },
        }),
    };
    return { facts: cleanUps(step, repositories, removal) };
  },
};

/** dataaxiom/ghcr-cleanup-action and those after it: it reads every index, so what a kept one points at stays. Inputs as in its README. */
export const ghcrCleanup: ActionAdapter = {
  names: [
    'dataaxiom/ghcr-cleanup-action',
    'step-security/ghcr-cleanup-action',
    'rohanmars/ghcr-cleanup-action',
    'ghcr-manager/ghcr-cleanup-manager',
  ],
  read(step) {
    if (step.flag('dry-run', false) === true || step.text('command') === 'scan') return { facts: [] };
    const names = [...step.list('package', commas), ...step.list('packages', commas)];
    const syntax = step.flag('use-regex', false) ? 'regex' : 'wildcard';
    const list = (name: string) => (syntax === 'regex' ? [step.item(name) ?? []].flat() : step.list(name, commas));
    const taken = [...list('delete-tags'), ...list('tags')];
    const keepsTagged = step.inputSpan('keep-n-tagged') !== undefined;
    const keepsUntagged = step.inputSpan('keep-n-untagged') !== undefined;
    const broken = ['delete-ghost-images', 'delete-partial-images', 'delete-orphaned-images'].some(
      name => step.flag(name, false) !== false,
    );
    const nothingElse = taken.length === 0 && !keepsTagged && !keepsUntagged && !broken;
    const untagged = keepsUntagged ? true : step.flag('delete-untagged', nothingElse);
    const removal: Removal = {
      tagged: keepsTagged || taken.length > 0,
      untagged,
      ...(!keepsTagged && taken.length > 0 && { takes: patterns(taken, syntax) }),
      spares: patterns(list('exclude-tags'), syntax),
      sparesChildren: true,
    };
    return { facts: cleanUps(step, packages(step, 'owner', names), removal) };
  },
};

/**
 * snok/container-retention-policy. Its second version has `skip-tags`, `filter-tags` and `untagged-only`, its third `image-tags` with `!` and
 * `tag-selection`: MIGRATION.md, src/core/select_package_versions.rs. Manifests of an index stay only where `skip-shas` names them.
 */
export const retentionPolicy: ActionAdapter = {
  names: ['snok/container-retention-policy'],
  read(step) {
    if (step.flag('dry-run', false) === true) return { facts: [] };
    const repositories = packages(step, ownerInput(step), step.list('image-names', /[\n, ]/));
    const filters = step.list('image-tags', /[\n, ]/);
    const isNegative = ({ template: [first] }: Item) => first?.kind === 'text' && first.text.startsWith('!');
    const taken = [...step.list('filter-tags', commas), ...filters.filter(filter => !isNegative(filter))];
    const spared = [...step.list('skip-tags', commas), ...filters.filter(isNegative).map(withoutMark)];
    const selection = step.text('tag-selection');
    const untaggedOnly = step.flag('untagged-only', false) || selection === 'untagged';
    const removal: Removal = {
      tagged: step.inputSpan('tag-selection') && selection === undefined ? undefined : !untaggedOnly,
      untagged: selection === 'tagged' ? false : step.flag('filter-include-untagged', true),
      ...saidBy(step, 'untagged-only', 'tag-selection'),
      ...(taken.length > 0 && { takes: patterns(taken, 'wildcard') }),
      spares: patterns(spared, 'wildcard'),
      sparesChildren: step.inputSpan('skip-shas') ? true : readsIndexes(step) ? undefined : false,
    };
    return { facts: cleanUps(step, repositories, removal) };
  },
};

/** An organisation is named by its name, the user that runs it is not. */
function ownerInput(step: StepReader): string {
  if (step.inputSpan('org-name')) return 'org-name';
  return step.text('account') === 'user' ? '' : 'account';
}

/** Whether this version may look into indexes by itself: those after 3.0 do, of a commit nobody knows. */
function readsIndexes({ step }: StepReader): boolean {
  return !/@v?(?:1|2|3\.0)(?:\.|$)/.test(step.uses?.value ?? '');
}

function withoutMark({ template, span }: Item): Item {
  return { template: splitOnce(template, '!')?.[1] ?? template, span };
}

/** vlaurin/action-ghcr-prune takes nothing that no `prune-` input names. */
export const ghcrPrune: ActionAdapter = {
  names: ['vlaurin/action-ghcr-prune'],
  read(step) {
    if (step.flag('dry-run', false) === true) return { facts: [] };
    const owner = step.inputSpan('organization') ? 'organization' : 'user';
    const taken = step.list('prune-tags-regexes');
    const removal: Removal = {
      tagged: taken.length > 0,
      untagged: step.flag('prune-untagged', false),
      ...saidBy(step, 'prune-untagged'),
      takes: patterns(taken, 'regex'),
      spares: [...patterns(step.list('keep-tags'), 'exact'), ...patterns(step.list('keep-tags-regexes'), 'regex')],
      sparesChildren: false,
    };
    return { facts: cleanUps(step, packages(step, owner, step.list('container')), removal) };
  },
};

/** Chizkiyahu/delete-untagged-ghcr-action: what an index points at stays unless it is told otherwise. */
export const deleteUntagged: ActionAdapter = {
  names: ['chizkiyahu/delete-untagged-ghcr-action'],
  read(step) {
    const untaggedOnly = step.flag('untagged_only', true);
    const names = [...step.list('package_name', commas), ...step.list('package_names', commas)];
    const removal: Removal = {
      tagged: untaggedOnly === undefined ? undefined : !untaggedOnly,
      untagged: true,
      ...saidBy(step, 'except_untagged_multiplatform'),
      spares: [],
      sparesChildren: step.flag('except_untagged_multiplatform', true),
    };
    return { facts: cleanUps(step, packages(step, 'repository_owner', names), removal) };
  },
};

/** Actions that remove the image of one tag, or what has none. */
export const namedRemovals: readonly ActionAdapter[] = [
  namedRemoval(['bots-house/ghcr-delete-image-action'], 'owner', 'name', 'tag'),
  namedRemoval(['chipkent/action-cleanup-package'], 'github-org', 'package-name', 'tag'),
];

function namedRemoval(names: readonly string[], owner: string, name: string, tag: string): ActionAdapter {
  return {
    names,
    read(step) {
      const image = step.item(name);
      if (step.inputSpan(tag))
        return { facts: step.list(tag, commas).map(({ template, span }) => remove(step, packageOf(step, owner, image, template), span)) };
      const isUntagged = step.inputSpan('untagged-keep-latest') ?? step.inputSpan('untagged-older-than');
      const removal: Removal = {
        tagged: false,
        untagged: true,
        ...saidBy(step, 'untagged-keep-latest', 'untagged-older-than'),
        spares: [],
        sparesChildren: false,
      };
      return { facts: isUntagged ? cleanUps(step, [packageOf(step, owner, image)], removal) : [] };
    },
  };
}

function remove(step: StepReader, { template }: Item, span: Item['span']): Fact {
  return { kind: 'delete', tool: step.name, at: span, reference: { template, span } };
}
