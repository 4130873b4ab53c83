import { derived, display, type Template } from '../../../image/template.ts';
import type { Fact, Item } from '../../usage.ts';
import { all, allFlagsBut, type CommandLine, isOn, last } from '../flags.ts';
import { program, type Verb } from '../program.ts';
import { composed } from '../references.ts';
import { remove } from '../removals.ts';

const azFlags = allFlagsBut(
  '-y --yes --only-show-errors --verbose --debug --force --expose-token --detailed --show-details --assign-identity',
);

/** `-r`/`-n NAME` of a registry, as a host. */
function host(line: CommandLine): Item | undefined {
  const name = last(line, '--registry', '-r', '--name', '-n');
  return name && hostNamed(name);
}

function hostNamed(name: Item): Item {
  const known = display(name.template);
  return {
    template: known.includes('.azurecr.io') ? name.template : [...name.template, ...derived('.azurecr.io', name.span)],
    span: name.span,
  };
}

/** `NAME:TAG` in a registry; a name that has a host already keeps it. */
function inRegistry(image: Item, registry: Item | undefined): Item {
  return registry && !display(image.template).includes('.azurecr.io') ? composed(registry.template, '/', image) : image;
}

const build: Verb = {
  names: ['acr build'],
  flags: azFlags,
  read(line, { at }) {
    const tags = all(line, '--image', '-t').map(image => inRegistry(image, host(line)));
    const context = line.positionals.at(-1);
    const dockerfile = last(line, '--file', '-f');
    const target = last(line, '--target');
    return [
      {
        kind: 'build',
        tool: 'az acr build',
        at,
        tags,
        pushes: isOn(line, '--no-push') !== true,
        byDigest: false,
        ...(context && { context }),
        ...(dockerfile && { dockerfile }),
        ...(target && { target }),
        platforms: all(line, '--platform').map(({ template }): Template => template),
        buildArgs: all(line, '--build-arg'),
        buildContexts: [],
        labels: [],
      },
    ];
  },
};

const importImage: Verb = {
  names: ['acr import'],
  flags: azFlags,
  read(line, { at }) {
    const from = last(line, '--source');
    return from
      ? all(line, '--image', '-t').map(image => ({
          kind: 'retag',
          tool: 'az acr import',
          at,
          from,
          to: inRegistry(image, host(line)),
          remote: true,
          allPlatforms: true,
        }))
      : [];
  },
};

const inspect: Verb = {
  names: ['acr repository show', 'acr manifest show', 'acr manifest show-metadata'],
  flags: azFlags,
  read(line, { verb }) {
    const named = last(line, '--image', '-t', '--name') ?? line.positionals[0];
    const reference = named && inRegistry(named, last(line, '--registry', '-r', '-n') && host(line));
    return reference ? [{ kind: 'inspect', tool: `az ${verb}`, at: named.span, reference }] : [];
  },
};

const login: Verb = {
  names: ['acr login'],
  flags: azFlags,
  read(line, { at }) {
    const registry = host(line);
    // A token that is only printed logs nobody in.
    if (!registry || isOn(line, '--expose-token', '-t') !== false) return [];
    return [{ kind: 'login', tool: 'az acr login', at, registry: registry.template, ecr: false, passwordBy: 'helper' }];
  },
};

/** Where something is deployed to: its name and resource group. */
function target(line: CommandLine): string {
  return all(line, '--name', '-n', '--resource-group', '-g', '--slot', '-s')
    .map(({ template }) => display(template))
    .join(' ');
}

const deploy: Verb = {
  names: [
    'containerapp update',
    'containerapp create',
    'containerapp up',
    'containerapp job update',
    'containerapp job create',
    'container create',
    'webapp config container set',
    'webapp create',
    'functionapp config container set',
    'functionapp create',
  ],
  flags: azFlags,
  read: line =>
    all(line, '--image', '-i', '--container-image-name', '--docker-custom-image-name', '--deployment-container-image-name', '-c').map(
      (reference): Fact => ({ kind: 'deploy', at: reference.span, reference, target: target(line) }),
    ),
};

const restart: Verb = {
  names: ['webapp restart', 'functionapp restart', 'containerapp revision restart', 'container restart'],
  flags: azFlags,
  read: (line, { at }) => [{ kind: 'restart', at, target: target(line) }],
};

/** A manifest, a tag, or with `--repository` all of them. */
const removal: Verb = {
  names: ['acr repository delete', 'acr repository untag', 'acr manifest delete'],
  flags: azFlags,
  read(line, call) {
    const ofManifest = call.verb === 'acr manifest delete';
    const named = ofManifest
      ? (last(line, '--name', '-n') ?? line.positionals[0])
      : (last(line, '--image', '-t') ?? last(line, '--repository'));
    const registry = ofManifest ? last(line, '--registry', '-r') : last(line, '--name', '-n');
    if (!named) return [];
    return [remove(`az ${call.verb}`, inRegistry(named, registry && hostNamed(registry)), call)];
  },
};

export const az = program(['az'], azFlags, [build, importImage, inspect, removal, login, deploy, restart]);
