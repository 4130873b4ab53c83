import { splitOnce } from '../../../image/split.ts';
import { derived, literal } from '../../../image/template.ts';
import { isEcrHost } from '../../ecr.ts';
import type { Fact, Item } from '../../usage.ts';
import { all, type CommandLine, flags, isOn, last } from '../flags.ts';
import { loginVerb } from '../login.ts';
import { type Call, program, type Verb } from '../program.ts';
import { composed, hostOf, inRegistry } from '../references.ts';
import { removes } from '../removals.ts';

const skopeoFlags = flags(
  '--authfile --src-authfile --dest-authfile --creds --src-creds --dest-creds --cert-dir --src-cert-dir --dest-cert-dir --multi-arch -f|--format ' +
    '--sign-by --sign-by-sigstore --sign-by-sigstore-private-key --sign-passphrase-file --sign-identity --additional-tag --digestfile --retry-times ' +
    '--retry-delay --src-registry-token --dest-registry-token --registry-token --image-parallel-copies --dest-compress-format --dest-compress-level ' +
    '--encryption-key --encrypt-layer --decryption-key --src-shared-blob-dir --dest-shared-blob-dir --src-daemon-host --dest-daemon-host --daemon-host ' +
    '-s|--src -d|--dest --src-username --src-password --dest-username --dest-password --username --password',
);
const globals = flags(
  '--command-timeout --override-arch --override-os --override-variant --policy --registries.d --tmpdir --user-agent-prefix',
);

/** `skopeo copy SRC DST`: within registries a new name, from a file a push, to a file a pull. */
const copy: Verb = {
  names: ['copy'],
  flags: skopeoFlags,
  read(line, call) {
    const [source, target] = line.positionals.slice(-2);
    if (!source || !target) return [];
    const from = inRegistry(source);
    const to = inRegistry(target);
    const more = all(line, '--additional-tag');
    const format = isOn(line, '--preserve-digests') === false ? last(line, '--format') : undefined;
    const rewrites = format && { rewrites: { by: '--format', at: format.span } };
    return [
      ...logins(line, call, { '--src-creds': from, '--dest-creds': to }),
      ...[...(to ? [to] : []), ...more].flatMap((name): readonly Fact[] => {
        if (from)
          return [
            {
              kind: 'retag',
              tool: 'skopeo copy',
              at: call.at,
              from,
              to: name,
              remote: true,
              allPlatforms: allPlatforms(line),
              ...rewrites,
            },
          ];
        return [{ kind: 'push', tool: 'skopeo copy', at: name.span, reference: name }];
      }),
      ...(from && !to ? ([{ kind: 'pull', at: from.span, reference: from, purpose: 'use' }] as const) : []),
    ];
  },
};

/** Without `--all` one platform is picked; a word that nobody knows may be that flag. */
function allPlatforms(line: CommandLine): boolean | undefined {
  const chosen = literal(last(line, '--multi-arch')?.template ?? []);
  if (isOn(line, '-a', '--all') === true || chosen === 'all' || chosen === 'index-only') return true;
  const open = line.positionals.length > 2 || last(line, '--multi-arch') !== undefined || isOn(line, '-a', '--all') === undefined;
  return open && chosen !== 'system' ? undefined : false;
}

/** `skopeo sync --src docker --dest docker REPO HOST/PATH` copies what it is given under the same name. */
const sync: Verb = {
  names: ['sync'],
  flags: skopeoFlags,
  read(line, { at }) {
    const [from, target] = line.positionals.slice(-2);
    const isDocker = (flag: string) => literal(last(line, flag)?.template ?? []) === 'docker';
    if (!from || !target || !isDocker('--src') || !isDocker('--dest')) return [];
    const path = literal(from.template);
    const name =
      isOn(line, '--scoped') === false && path !== undefined ? derived(path.slice(path.lastIndexOf('/') + 1), target.span) : from.template;
    const to = composed(target.template, '/', { template: name, span: target.span });
    return [{ kind: 'retag', tool: 'skopeo sync', at, from, to, remote: true, allPlatforms: isOn(line, '-a', '--all') }];
  },
};

const inspect: Verb = {
  names: ['inspect'],
  flags: skopeoFlags,
  read(line, call) {
    const [reference] = line.positionals.slice(-1).flatMap(item => inRegistry(item) ?? []);
    if (!reference) return [];
    return [...logins(line, call, { '--creds': reference }), { kind: 'inspect', tool: 'skopeo inspect', at: reference.span, reference }];
  },
};

/** `--dest-creds USER:PASSWORD` logs in for this command alone. */
function logins(line: CommandLine, { at }: Call, flagsOf: Readonly<Record<string, Item | undefined>>): readonly Fact[] {
  return Object.entries(flagsOf).flatMap(([flag, reference]): readonly Fact[] => {
    const given = last(line, flag);
    const registry = reference && hostOf(reference);
    if (!given || !registry) return [];
    const pair = splitOnce(given.template, ':');
    const [user, password] = pair ? pair.map(template => ({ template, span: given.span })) : [];
    const tool = `skopeo ${flag}`;
    return [
      {
        kind: 'login',
        tool,
        at,
        registry,
        ecr: isEcrHost(registry),
        ...(user && { user }),
        password: password ?? given,
        passwordBy: 'argument',
      },
    ];
  });
}

export const skopeo = program(['skopeo'], globals, [copy, sync, inspect, removes('skopeo', ['delete'], skopeoFlags), loginVerb('login')]);
