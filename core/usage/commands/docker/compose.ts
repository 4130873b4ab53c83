import { derived, display, literal } from '../../../image/template.ts';
import { type ComposeService, type ComposeText, readCompose } from '../../../workflow/compose.ts';
import { cacheFact } from '../../actions/buildPush.ts';
import { composeFiles } from '../../bake/compose.ts';
import { composeText } from '../../composeText.ts';
import { optionalItem } from '../../optional.ts';
import type { Fact, Item } from '../../usage.ts';
import { all, type CommandLine, flags, isOn } from '../flags.ts';
import type { Call, Verb } from '../program.ts';
import { unnamed } from '../references.ts';
import { elsewhere } from './run.ts';

export const composeFlags = flags(
  '-f|--file -c|--compose-file -p|--project-name --env-file --profile --project-directory --ansi --progress --parallel -t|--timeout --scale --pull ' +
    '--exit-code-from --attach --no-attach --wait-timeout --build-arg --ssh --builder -m|--memory --policy -e|--env -l|--label --name -u|--user -v|--volume ' +
    '-w|--workdir --entrypoint --cap-add --context --host --with-registry-auth --resolve-image',
);

interface Found {
  readonly services: readonly (ComposeService & { readonly path: string })[];
  /** A file could not be read. */
  readonly missing: boolean;
}

function filesOf(line: CommandLine, { context, globals }: Call): Found {
  const named = [...all(globals, '--file'), ...all(line, '--file', '--compose-file')].map(({ template }) => literal(template));
  const read = (path: string) => {
    const text = context.file(path);
    return text === undefined ? undefined : readCompose(text).map(service => ({ ...service, path }));
  };
  if (named.length > 0) {
    const files = named.map(path => (path === undefined ? undefined : read(path)));
    return { services: files.flatMap(file => file ?? []), missing: files.includes(undefined) };
  }
  const first = composeFiles.map(read).find(file => file !== undefined);
  return { services: first ?? [], missing: first === undefined };
}

/** A service's image with the variables that Compose fills from its environment. */
function imageOf({ image, path, name }: ComposeService & { readonly path: string }, call: Call): Item | undefined {
  return image && itemOf(image, `image of service ${name}`, path, call);
}

function itemOf(text: ComposeText, what: string, path: string, { command, context, at }: Call): Item {
  return { template: composeText(text, { path, at, what, variable: name => context.variable(command, name) }), span: at };
}

/** Those of the services that a command names, or all. */
function chosen({ services }: Found, line: CommandLine): Found['services'] {
  const names = line.positionals.map(({ template }) => literal(template));
  return names.length === 0 || names.includes(undefined) ? services : services.filter(({ name }) => names.includes(name));
}

function opaque({ at, program, verb }: Call): Fact {
  return { kind: 'opaque', at, what: 'command', name: `${program} ${verb}`, reason: 'its compose file cannot be read here' };
}

const buildOrPush: Verb = {
  names: ['compose build', 'compose push', 'build', 'push'],
  flags: composeFlags,
  read(line, call) {
    const found = filesOf(line, call);
    const pushes = call.verb.endsWith('push') || isOn(line, '--push') === true;
    const facts = chosen(found, line).flatMap((service): readonly Fact[] => {
      const image = service.builds ? imageOf(service, call) : undefined;
      if (!image) return [];
      if (call.verb.endsWith('push')) return [{ kind: 'push', tool: 'docker compose push', at: call.at, reference: image }];
      return built(service, image, pushes, line, call);
    });
    return found.missing && pushes ? [...facts, opaque(call)] : facts;
  },
};

/** A service's build with the caches that its file names. */
function built(service: Found['services'][number], image: Item, pushes: boolean, line: CommandLine, call: Call): readonly Fact[] {
  const { name, path, build } = service;
  const list = (key: string) => (build.get(key) ?? []).map(text => itemOf(text, `${key} of service ${name}`, path, call));
  const one = (key: string) => list(key).at(-1);
  const folder = path.slice(0, path.lastIndexOf('/') + 1);
  const context = one('context');
  const below = context && { ...context, template: [...derived(folder, call.at), ...context.template] };
  return [
    {
      kind: 'build',
      tool: 'docker compose build',
      at: call.at,
      tags: [image, ...list('tags')],
      pushes,
      byDigest: false,
      ...optionalItem('context', below),
      ...optionalItem('dockerfile', one('dockerfile')),
      ...optionalItem('target', one('target')),
      buildArgs: [...list('args'), ...all(line, '--build-arg')],
      buildContexts: list('contexts'),
      labels: list('labels'),
    },
    ...list('cache-to').flatMap(entry => cacheFact('cacheExport', entry)),
    ...list('cache-from').flatMap(entry => cacheFact('cacheImport', entry)),
  ];
}

/** On this machine services are used; on a server they are what is deployed. */
const up: Verb = {
  names: ['compose up', 'compose pull', 'compose create', 'up', 'pull', 'create'],
  flags: composeFlags,
  read(line, call) {
    const found = filesOf(line, call);
    const host = elsewhere(call);
    const images = chosen(found, line).flatMap(service => (service.builds && host === undefined ? [] : (imageOf(service, call) ?? [])));
    // What a server pulls runs only with the `up` behind it.
    if (host === undefined || call.verb.endsWith('pull')) {
      return images.flatMap((reference): readonly Fact[] =>
        call.context.isHere(reference.template) ? [] : [{ kind: 'pull', at: call.at, reference, purpose: 'service' }],
      );
    }
    const named = [...all(call.globals, '--file', '--project-name'), ...line.positionals].map(({ template }) => display(template));
    const target = [...named, host].filter(Boolean).join(' ');
    return [...images.map((reference): Fact => ({ kind: 'deploy', at: call.at, reference, target })), ...unseen(found, call, target)];
  },
};

function unseen({ missing }: Found, { at }: Call, target: string): readonly Fact[] {
  const reference = unnamed('the images of the compose file', { span: at });
  return missing ? [{ kind: 'deploy', at, reference, target, namedThere: true }] : [];
}

/** `docker stack deploy -c FILE NAME`: a swarm runs the file's services. */
const stack: Verb = {
  names: ['stack deploy', 'stack up'],
  flags: composeFlags,
  read(line, call) {
    const found = filesOf(line, call);
    const images = found.services.flatMap(service => imageOf(service, call) ?? []);
    const unknown = found.missing ? [unnamed('the images of the compose file', { span: call.at })] : [];
    const target = line.positionals.map(({ template }) => display(template)).join(' ');
    return [...images, ...unknown].map((reference): Fact => ({ kind: 'deploy', at: call.at, reference, target }));
  },
};

const restart: Verb = {
  names: ['compose restart', 'restart'],
  flags: composeFlags,
  read(line, call) {
    const target = line.positionals.map(({ template }) => display(template)).join(' ');
    return elsewhere(call) === undefined ? [] : [{ kind: 'restart', at: call.at, target }];
  },
};

const verbs = [buildOrPush, up, restart];

/** As parts of `docker`. */
export const compose: readonly Verb[] = [
  ...verbs.map(verb => ({ ...verb, names: verb.names.filter(name => name.startsWith('compose ')) })),
  stack,
];

/** As programs of their own: `docker-compose`. */
export const composeProgram: readonly Verb[] = verbs.map(verb => ({
  ...verb,
  names: verb.names.filter(name => !name.startsWith('compose ')),
}));
