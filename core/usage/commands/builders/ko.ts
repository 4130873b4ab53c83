import { derived, hole, literal, type Template } from '../../../image/template.ts';
import type { Fact, Item } from '../../usage.ts';
import { listed } from '../docker/buildx.ts';
import { all, type CommandLine, flags, isOn } from '../flags.ts';
import { loginVerb } from '../login.ts';
import { type Call, noFlags, program, type Verb } from '../program.ts';

const koFlags = flags(
  '-t|--tags --platform --image-label --image-refs --image-annotation --image-user --sbom --sbom-dir --oci-layout-path --tarball -j|--jobs ' +
    '-f|--filename -l|--selector -n|--namespace --context --kubeconfig --debug-port --env',
);

/** `ko build IMPORT… --tags a,b`: images under `$KO_DOCKER_REPO`, pushed unless `--local` or `--push=false`. */
const build: Verb = {
  names: ['build', 'publish', 'apply', 'resolve', 'create'],
  flags: koFlags,
  read(line, call) {
    const { at, command, context, verb } = call;
    const repository = context.variable(command, 'KO_DOCKER_REPO') ?? hole('$KO_DOCKER_REPO', 'unknown', at);
    const isLocal = isOn(line, '-L', '--local') !== false || /^(?:ko|kind)\.local(?:\/|$)/.test(literal(repository.slice(0, 1)) ?? '');
    const named = all(line, '--tags').flatMap(listed);
    const tags = named.length > 0 ? named : [{ template: derived('latest', at), span: at }];
    const names = line.positionals.length > 0 && (verb === 'build' || verb === 'publish') ? line.positionals : [undefined];
    const fact: Fact = {
      kind: 'build',
      tool: `ko ${verb}`,
      at,
      tags: names.flatMap(path =>
        tags.map(tag => ({
          template: [...nameOf(repository, path, line, call), ...derived(':', tag.span), ...tag.template],
          span: tag.span,
        })),
      ),
      pushes: isLocal ? false : pushes(line),
      byDigest: false,
      platforms: all(line, '--platform')
        .flatMap(listed)
        .map(({ template }) => template),
      buildArgs: [],
      buildContexts: [],
      labels: all(line, '--image-label'),
    };
    return [fact];
  },
};

function pushes(line: CommandLine): boolean | undefined {
  return line.switches.has('--push') ? isOn(line, '--push') : true;
}

/** ko's naming: the repository itself with `--bare`, its last part with `--base-import-paths`, else something with a hash in it. */
function nameOf(repository: Template, path: Item | undefined, line: CommandLine, { at }: Call): Template {
  if (isOn(line, '--bare') === true) return repository;
  const known = path && literal(path.template);
  const base = known
    ?.replace(/^ko:\/\//, '')
    .split('/')
    .at(-1);
  const usesBase = isOn(line, '-B', '--base-import-paths') === true && base !== undefined && /^[\w-]+$/.test(base);
  return [...repository, ...derived('/', at), ...(usesBase ? derived(base, at) : hole('(the name that ko makes)', 'unknown', at))];
}

export const ko = program(['ko'], noFlags, [build, loginVerb('login')]);
