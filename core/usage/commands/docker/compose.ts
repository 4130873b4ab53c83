import { derived, display, hole, literal, type Template } from '../../../image/template.ts';
import { type ComposeService, readCompose } from '../../../workflow/compose.ts';
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

/** The names under which Compose looks for its file: docs.docker.com/compose/intro/compose-application-model. */
const defaultFiles = ['compose.yaml', 'compose.yml', 'docker-compose.yaml', 'docker-compose.yml'];

interface Found {
  readonly services: readonly (ComposeService & { readonly path: string })[];
  /** A file could not be read. */
  readonly missing: boolean;
}

function composeFiles(line: CommandLine, { context, globals }: Call): Found {
  const named = [...all(globals, '--file'), ...all(line, '--file', '--compose-file')].map(({ template }) => literal(template));
  const read = (path: string) => {
    const text = context.file(path);
    return text === undefined ? undefined : readCompose(text).map(service => ({ ...service, path }));
  };
  if (named.length > 0) {
    const files = named.map(path => (path === undefined ? undefined : read(path)));
    return { services: files.flatMap(file => file ?? []), missing: files.includes(undefined) };
  }
  const first = defaultFiles.map(read).find(file => file !== undefined);
  return { services: first ?? [], missing: first === undefined };
}

const variable = /\$(?:\{(\w+)(?:(:?[-?+])((?:[^{}]|\$\{[^{}]*\})*))?\}|(\w+)|\$)/g;

/** A service's image with the variables that Compose fills from its environment. */
function imageOf({ image, path, name }: ComposeService & { readonly path: string }, { command, context, at }: Call): Item | undefined {
  if (!image) return undefined;
  const template: Template[number][] = [];
  let from = 0;
  for (const match of image.text.matchAll(variable)) {
    template.push(...derived(image.text.slice(from, match.index), at));
    from = match.index + match[0].length;
    const [whole, braced, operator, word, plain] = match;
    const key = braced ?? plain;
    const value = key === undefined ? derived('$', at) : context.variable(command, key);
    const preset = operator?.endsWith('-') && word !== undefined && !word.includes('$') ? derived(word, at) : undefined;
    // An empty value counts as none with `:-`; whether `.env` sets it nobody knows.
    template.push(...(value ?? preset ?? hole(whole, 'unknown', at)).map(part => ({ ...part, at })));
  }
  template.push(...derived(image.text.slice(from), at));
  const via = [{ path, span: image.span, what: `image of service ${name}` }];
  return { template: template.map(part => ({ ...part, via: [...part.via, ...via] })), span: at };
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
    const found = composeFiles(line, call);
    const pushes = call.verb.endsWith('push') || isOn(line, '--push') === true;
    const made = chosen(found, line).flatMap(service => (service.builds ? (imageOf(service, call) ?? []) : []));
    const facts = made.map((image): Fact => {
      if (call.verb.endsWith('push')) return { kind: 'push', tool: 'docker compose push', at: call.at, reference: image };
      const rest = { pushes, byDigest: false, buildArgs: all(line, '--build-arg'), buildContexts: [], labels: [] };
      return { kind: 'build', tool: 'docker compose build', at: call.at, tags: [image], ...rest };
    });
    return found.missing && pushes ? [...facts, opaque(call)] : facts;
  },
};

/** On this machine services are used; on a server they are what is deployed. */
const up: Verb = {
  names: ['compose up', 'compose pull', 'compose create', 'up', 'pull', 'create'],
  flags: composeFlags,
  read(line, call) {
    const found = composeFiles(line, call);
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
    const found = composeFiles(line, call);
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
