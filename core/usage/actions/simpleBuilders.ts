import { derived, hole, literal, type Template } from '../../image/template.ts';
import { give } from '../given.ts';
import { standsOn } from '../metadata/text.ts';
import { optionalItem } from '../optional.ts';
import type { ActionAdapter, ActionFacts, StepReader } from '../stepReader.ts';
import type { Build, Fact, FactOf, Item } from '../usage.ts';
import { platformsOf } from './buildPush.ts';
import { loginBy } from './logins.ts';
import { reference, tagged } from './references.ts';

/** Which inputs of a builder's action say what, and what it does by itself. */
interface Inputs {
  readonly registry?: string;
  readonly image: string;
  readonly tags?: string;
  readonly separators?: RegExp;
  /** Without `tags`. */
  readonly fallback?: (step: StepReader) => readonly Template[];
  /** An input that stops it from pushing (`!no_push`), or makes it push. */
  readonly push: string | boolean;
  readonly context?: string;
  readonly dockerfile?: string;
  readonly buildArgs?: string;
  readonly platforms?: string;
  readonly target?: string;
  readonly labels?: string;
}

function builder(names: readonly string[], inputs: Inputs, more: (step: StepReader) => readonly Item[] = () => []): ActionAdapter {
  return { names, read: step => buildBy(step, inputs, more(step)) };
}

function buildBy(step: StepReader, inputs: Inputs, more: readonly Item[]): ActionFacts {
  const registry = inputs.registry ? step.input(inputs.registry) : undefined;
  const image = step.input(inputs.image) ?? [];
  const given = inputs.tags ? step.list(inputs.tags, inputs.separators ?? /[\n,]/) : [];
  const tags = given.length > 0 ? tagged(step, registry, image, given) : fallback(step, inputs, registry, image);
  const list = (name: string | undefined) => (name ? step.list(name, /[\n,]/) : []);
  const build: FactOf<Build> = {
    kind: 'build',
    tool: step.name,
    at: step.at,
    tags: image.length > 0 ? [...tags, ...more] : given,
    pushes: pushes(step, inputs.push),
    byDigest: false,
    platforms: platformsOf(list(inputs.platforms)),
    ...optionalItem('context', inputs.context ? step.item(inputs.context) : undefined),
    ...optionalItem('dockerfile', inputs.dockerfile ? step.item(inputs.dockerfile) : undefined),
    ...optionalItem('target', inputs.target ? step.item(inputs.target) : undefined),
    buildArgs: list(inputs.buildArgs),
    buildContexts: [],
    labels: list(inputs.labels),
  };
  const login: readonly Fact[] = step.inputSpan('password') ? [loginBy(step, registry ?? [])] : [];
  return { facts: [...login, build], outputs: new Map([step.output('digest', 'digest')]) };
}

function fallback(step: StepReader, inputs: Inputs, registry: Template | undefined, image: Template): readonly Item[] {
  const made = inputs.fallback?.(step) ?? [derived('latest', step.at)];
  return made.map(tag => reference(step, registry, image, tag));
}

function pushes(step: StepReader, push: string | boolean): boolean | undefined {
  if (typeof push === 'boolean') return push;
  if (!push.startsWith('!')) return step.flag(push, true);
  const stops = step.flag(push.slice(1), false);
  return stops === undefined ? undefined : !stops;
}

/** The branch as tag, `latest` for the main one and for git tags. */
function branchOrLatest(step: StepReader): readonly Template[] {
  const branches = step.starts.filter(start => standsOn(start) !== 'tag');
  return [give(hole('the branch', 'branchTag', step.at), branches, true), give(derived('latest', step.at), step.starts, true)];
}

/** The branch, or the git tag, as tag. */
function refTags(step: StepReader): readonly Template[] {
  const on = (kind: 'branch' | 'tag') => step.starts.filter(start => standsOn(start) === kind);
  return [
    give(hole('the branch', 'branchTag', step.at), on('branch'), false),
    give(hole('the git tag', 'semver', step.at), on('tag'), false),
  ];
}

/** Builders with an image name and tags in inputs of their own. Inputs after each action's `action.yml`. */
export const simpleBuilders: readonly ActionAdapter[] = [
  builder(
    ['elgohr/publish-docker-github-action'],
    {
      registry: 'registry',
      image: 'name',
      tags: 'tags',
      fallback: branchOrLatest,
      push: '!no_push',
      context: 'context',
      dockerfile: 'dockerfile',
      buildArgs: 'buildargs',
      platforms: 'platforms',
    },
    step => {
      // Snapshots are named by the date and the commit.
      if (step.flag('snapshot', false) === false) return [];
      const tag = [...hole('the date', 'timestamp', step.at), ...hole('github.sha', 'shortSha', step.at)];
      return [reference(step, step.input('registry'), step.input('name') ?? [], tag)];
    },
  ),
  builder(
    ['mr-smithers-excellent/docker-build-push'],
    {
      registry: 'registry',
      image: 'image',
      tags: 'tags',
      fallback: refTags,
      push: 'pushImage',
      context: 'directory',
      dockerfile: 'dockerfile',
      buildArgs: 'buildArgs',
      labels: 'labels',
      target: 'target',
      platforms: 'platform',
    },
    step =>
      step.flag('addLatest', false) === false
        ? []
        : [reference(step, step.input('registry'), step.input('image') ?? [], derived('latest', step.at))],
  ),
  builder(['whoan/docker-build-with-cache-action'], {
    registry: 'registry',
    image: 'image_name',
    tags: 'image_tag',
    push: 'push_image_and_stages',
    context: 'context',
    dockerfile: 'dockerfile',
  }),
  builder(
    ['aevea/action-kaniko', 'outillage/kaniko-action'],
    {
      registry: 'registry',
      image: 'image',
      tags: 'tag',
      fallback: branchOrLatest,
      push: true,
      context: 'path',
      dockerfile: 'build_file',
      target: 'target',
    },
    step =>
      step.flag('tag_with_latest', false) === false
        ? []
        : [reference(step, step.input('registry'), step.input('image') ?? [], derived('latest', step.at))],
  ),
  builder(['redhat-actions/buildah-build'], {
    image: 'image',
    tags: 'tags',
    separators: /\s/,
    push: false,
    context: 'context',
    dockerfile: 'containerfiles',
    buildArgs: 'build-args',
    platforms: 'platforms',
    labels: 'labels',
  }),
  builder(['devcontainers/ci'], { image: 'imageName', tags: 'imageTag', push: 'push' }),
];

/** macbre/push-to-ghcr: the version of a release, `latest` otherwise, on ghcr.io by its own login. */
export const pushToGhcr: ActionAdapter = {
  names: ['macbre/push-to-ghcr'],
  read(step) {
    const registry = step.input('repository') ?? derived('ghcr.io', step.at);
    const image = step.input('image_name') ?? [];
    const starts = (isRelease: boolean) => step.starts.filter(({ event }) => (event === 'release') === isRelease);
    const own = step.list('image_tag', /[\n,]/).map(({ template }) => template);
    const made = [
      give(hole('the git tag', 'semver', step.at), starts(true), false),
      give(derived('latest', step.at), starts(false), false),
    ];
    const tags = own.length > 0 ? own : made.filter(tag => tag[0]?.given?.runs?.size !== 0);
    return {
      facts: [
        { kind: 'login', tool: step.name, at: step.at, registry, ecr: false, passwordBy: 'input' },
        {
          kind: 'build',
          tool: step.name,
          at: step.at,
          tags: tags.map(tag => reference(step, registry, image, tag)),
          pushes: literal(step.input('push') ?? []) !== 'false',
          byDigest: false,
          platforms: [],
          ...optionalItem('context', step.item('context')),
          ...optionalItem('dockerfile', step.item('dockerfile')),
          buildArgs: step.list('build_arg'),
          buildContexts: [],
          labels: [],
        },
      ],
    };
  },
};
