import { literal } from '../../../image/template.ts';
import type { Fact, Item } from '../../usage.ts';
import { flags, isOn } from '../flags.ts';
import { noFlags, type Verb } from '../program.ts';
import { inRegistry } from '../references.ts';

const accessFlags = flags(
  '--platform --authfile --cert-dir --creds -f|--format --sign-by --digestfile --compression-format --arch --os --variant --retry --retry-delay --policy',
);

const pushImage: Verb = {
  names: ['push', 'image push'],
  flags: accessFlags,
  read(line, { program }) {
    // Podman and Buildah name the destination, where it is another one, behind the image.
    const named = line.positionals.at(-1);
    const reference = named && inRegistry(named);
    const allTags = isOn(line, '-a', '--all-tags') === true;
    return reference ? [{ kind: 'push', tool: `${program} push`, at: reference.span, reference, ...(allTags && { allTags }) }] : [];
  },
};

const pullImage: Verb = {
  names: ['pull', 'image pull'],
  flags: accessFlags,
  read: ({ positionals }) => positionals.flatMap(pull),
};

/** The image that a command brings here. */
export function pull(item: Item): readonly Fact[] {
  const reference = inRegistry(item);
  return reference ? [{ kind: 'pull', at: reference.span, reference, purpose: 'use' }] : [];
}

const tagImage: Verb = {
  names: ['tag', 'image tag'],
  read({ positionals: [from, ...to] }, { program, at }) {
    return from
      ? to.map(name => ({ kind: 'retag', tool: `${program} tag`, at, from, to: name, remote: false, allPlatforms: undefined }))
      : [];
  },
};

/** What is made of a container or an archive is an image that nobody built from a file. */
const make: Verb = {
  names: ['import', 'image import', 'commit', 'container commit'],
  flags: flags('-c|--change -m|--message --platform -a|--author -f|--format'),
  read({ positionals: [, reference] }, { program, verb, at }) {
    if (!reference) return [];
    const rest = { pushes: false, byDigest: false, buildArgs: [], buildContexts: [], labels: [] } as const;
    return [{ kind: 'build', tool: `${program} ${verb}`, at, tags: [reference], ...rest }];
  },
};

const manifestFlags = flags('--arch --os --os-version --os-features --variant --annotation --authfile --creds -f|--format --digestfile');

const createManifest: Verb = {
  names: ['manifest create', 'manifest add'],
  flags: manifestFlags,
  read({ positionals: [to, ...sources] }, { program, verb, at }) {
    const [from, ...others] = sources.flatMap(source => inRegistry(source) ?? []);
    if (!to || !from) return [];
    return [
      {
        kind: 'retag',
        tool: `${program} ${verb}`,
        at,
        from,
        others,
        to,
        remote: false,
        allPlatforms: undefined,
        rewrites: { by: `${program} ${verb}`, at },
      },
    ];
  },
};

const pushManifest: Verb = {
  names: ['manifest push'],
  flags: manifestFlags,
  read({ positionals }, { program }) {
    const named = positionals.at(-1);
    const reference = named && inRegistry(named);
    return reference ? [{ kind: 'push', tool: `${program} manifest push`, at: reference.span, reference }] : [];
  },
};

const inspect: Verb = {
  names: ['manifest inspect', 'buildx imagetools inspect'],
  flags: flags('--format --builder --authfile'),
  read({ positionals }, { program, verb }) {
    return positionals
      .slice(0, 1)
      .flatMap(item => inRegistry(item) ?? [])
      .map(reference => ({ kind: 'inspect', tool: `${program} ${verb}`, at: reference.span, reference }));
  },
};

const trust: Verb = {
  names: ['trust sign', 'trust inspect'],
  read({ positionals }, { verb }) {
    return positionals
      .slice(0, 1)
      .map(reference => ({ kind: verb === 'trust sign' ? 'sign' : 'verify', tool: `docker ${verb}`, at: reference.span, reference }));
  },
};

/** Buildah's `from IMAGE` pulls what it builds on; `scratch` is no image. */
const from: Verb = {
  names: ['from'],
  flags: flags('--name --authfile --creds --arch --os --platform --volume -v --network --pull'),
  read: ({ positionals }, { program }) =>
    program === 'buildah' ? positionals.slice(0, 1).flatMap(item => (literal(item.template) === 'scratch' ? [] : pull(item))) : [],
};

export const images: readonly Verb[] = [
  pushImage,
  pullImage,
  { ...tagImage, flags: noFlags },
  make,
  createManifest,
  pushManifest,
  inspect,
  trust,
  from,
];
