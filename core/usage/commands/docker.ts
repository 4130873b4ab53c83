import { split } from '../../image/split.ts';
import { literal } from '../../image/template.ts';
import type { ShellCommand } from '../../shell/interpret.ts';
import type { Argument } from '../../shell/words.ts';
import { cacheFact } from '../actions/buildPush.ts';
import { pinnedBuildKit } from '../actions/small.ts';
import { readAttributes } from '../attributes.ts';
import { isEcrHost, isEcrUser } from '../ecr.ts';
import type { Fact, Item } from '../usage.ts';
import type { CommandAdapter } from './command.ts';
import { type CommandLine, readFlags, skipGlobalFlags } from './flags.ts';

const globalFlags = new Set(['--context', '-c', '--host', '-H', '--config', '--log-level', '-l', '--builder']);
const buildFlags = new Set(
  (
    '-t --tag -f --file --build-arg --build-context --cache-from --cache-to --platform --target --label -o --output --secret --ssh --network ' +
    '--progress --iidfile --metadata-file --add-host --builder --provenance --sbom --attest --annotation --allow --shm-size --ulimit --no-cache-filter ' +
    '--cgroup-parent -m --memory --cpus --call --isolation --security-opt'
  ).split(' '),
);
const pullFlags = new Set(['--platform']);
const loginFlags = new Set(['-u', '--username', '-p', '--password']);
const createFlags = new Set([
  '--name',
  '--driver',
  '--driver-opt',
  '--node',
  '--platform',
  '--buildkitd-config',
  '--buildkitd-flags',
  '--config',
]);

/** `docker` and the builders that share its command line. */
export const docker: CommandAdapter = {
  names: ['docker', 'podman', 'nerdctl'],
  read(command: ShellCommand): readonly Fact[] {
    let words = skipGlobalFlags(command.words.slice(1), globalFlags);
    let [verb, ...rest] = named(words);
    if (verb === 'image' || verb === 'builder') {
      words = skipGlobalFlags(rest, globalFlags);
      [verb, ...rest] = named(words);
    }
    if (verb === 'buildx') {
      [verb, ...rest] = named(skipGlobalFlags(rest, globalFlags));
      if (verb === 'create') return [builder(readFlags(rest, createFlags), command)];
      return verb === 'build' || verb === 'b' ? build(readFlags(rest, buildFlags), command) : [];
    }
    switch (verb) {
      case 'build':
        return build(readFlags(rest, buildFlags), command);
      case 'push':
        return push(readFlags(rest, pullFlags));
      case 'pull':
        return readFlags(rest, pullFlags)
          .positionals.slice(0, 1)
          .map(reference => ({ kind: 'pull', at: reference.span, reference, purpose: 'use' }));
      case 'tag':
        return retag(readFlags(rest, new Set()), command);
      case 'login':
        return [login(readFlags(rest, loginFlags), command)];
      default:
        return [];
    }
  },
};

/** The first word as plain text, and the others. */
function named(words: readonly Argument[]): [string, ...Argument[]] {
  return [literal(words[0]?.template ?? []) ?? '', ...words.slice(1)];
}

function build({ values, switches, positionals }: CommandLine, command: ShellCommand): readonly Fact[] {
  const all = (...flags: string[]) => flags.flatMap(flag => values.get(flag) ?? []);
  const outputs = all('-o', '--output').map(({ template }) => readAttributes(template));
  const pushed = outputs.some(attributes =>
    attributes.some(({ key, value }) => (key === 'type' && literal(value) === 'registry') || (key === 'push' && literal(value) === 'true')),
  );
  const last = (...flags: string[]) => all(...flags).at(-1);
  const context = positionals[0];
  const dockerfile = last('-f', '--file');
  const target = last('--target');
  const fact: Fact = {
    kind: 'build',
    tool: 'docker build',
    at: command.span,
    tags: all('-t', '--tag'),
    pushes: switches.has('--push') || pushed,
    byDigest: outputs.some(attributes => attributes.some(({ key, value }) => key === 'push-by-digest' && literal(value) === 'true')),
    platforms: all('--platform').flatMap(({ template }) => split(template, /,/)),
    ...(context && { context }),
    ...(dockerfile && { dockerfile }),
    ...(target && { target }),
    buildArgs: all('--build-arg'),
    buildContexts: all('--build-context'),
    labels: all('--label'),
    provenance: all('--provenance').some(({ template }) => literal(template) === 'false') ? false : undefined,
  };
  const caches = (kind: 'cacheExport' | 'cacheImport', items: readonly Item[]) => items.flatMap(entry => cacheFact(kind, entry));
  return [fact, ...caches('cacheExport', all('--cache-to')), ...caches('cacheImport', all('--cache-from'))];
}

function push({ positionals, switches }: CommandLine): readonly Fact[] {
  const allTags = switches.has('-a') || switches.has('--all-tags');
  return positionals
    .slice(0, 1)
    .map(reference => ({ kind: 'push', tool: 'docker push', at: reference.span, reference, ...(allTags && { allTags }) }));
}

function retag({ positionals: [from, to] }: CommandLine, command: ShellCommand): readonly Fact[] {
  return from && to ? [{ kind: 'retag', tool: 'docker tag', at: command.span, from, to, remote: false, allPlatforms: undefined }] : [];
}

function login({ positionals: [registry], values }: CommandLine, command: ShellCommand): Fact {
  const template = registry?.template ?? [];
  const user = [...(values.get('-u') ?? []), ...(values.get('--username') ?? [])].at(-1);
  const password = [...(values.get('-p') ?? []), ...(values.get('--password') ?? [])].at(-1);
  return {
    kind: 'login',
    tool: 'docker login',
    at: command.span,
    registry: template,
    ecr: isEcrHost(template) || (user !== undefined && isEcrUser(user.template)),
    ...(user && { user }),
    ...(password && { password }),
    passwordBy: password ? 'argument' : 'stdin',
  };
}

function builder({ values }: CommandLine, command: ShellCommand): Fact {
  const options = (values.get('--driver-opt') ?? []).map(({ template }) => literal(template) ?? '').join(',');
  const buildkit = pinnedBuildKit(options);
  return { kind: 'builder', at: command.span, ...(buildkit && { buildkit }) };
}
