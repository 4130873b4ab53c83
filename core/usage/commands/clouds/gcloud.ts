import { splitOnce } from '../../../image/split.ts';
import { derived, display } from '../../../image/template.ts';
import type { Fact } from '../../usage.ts';
import { listed } from '../docker/buildx.ts';
import { all, allFlagsBut, type CommandLine, itemIn, last } from '../flags.ts';
import { program, type Verb } from '../program.ts';
import { removes } from '../removals.ts';

const gcloudFlags = allFlagsBut(
  '-q --quiet --allow-unauthenticated --async --use-http2 --tags-only --include-tags --show-deployment --format-json --wait --execute-now --delete-tags --force-delete-tags',
);

/** Verbs exist in three channels: `gcloud beta run deploy`. */
function channels(...names: readonly string[]): readonly string[] {
  return names.flatMap(name => [name, `beta ${name}`, `alpha ${name}`]);
}

function target(line: CommandLine): string {
  return [...line.positionals.slice(0, 1), ...all(line, '--project')].map(({ template }) => display(template)).join(' ');
}

const deploy: Verb = {
  names: channels(
    'run deploy',
    'run services update',
    'run jobs deploy',
    'run jobs update',
    'run jobs create',
    'run worker-pools deploy',
    'compute instances create-with-container',
    'compute instances update-container',
    'compute instance-templates create-with-container',
  ),
  flags: gcloudFlags,
  read: line =>
    all(line, '--image', '--container-image').map(
      (reference): Fact => ({ kind: 'deploy', at: reference.span, reference, target: target(line) }),
    ),
};

/** `gcloud deploy releases create --images=name=REFERENCE,…`. */
const release: Verb = {
  names: channels('deploy releases create'),
  flags: gcloudFlags,
  read: line =>
    all(line, '--images')
      .flatMap(listed)
      .flatMap((item): readonly Fact[] => {
        const pair = splitOnce(item.template, '=');
        const reference = pair && itemIn(item, pair[1]);
        return reference ? [{ kind: 'deploy', at: reference.span, reference, target: target(line) }] : [];
      }),
};

/** Cloud Build builds and pushes; with a file of steps nobody sees what. */
const build: Verb = {
  names: channels('builds submit'),
  flags: gcloudFlags,
  read(line, { at }) {
    const tags = all(line, '--tag', '-t');
    if (tags.length === 0) return last(line, '--config') ? [{ kind: 'opaque', at, what: 'command', name: 'gcloud builds submit' }] : [];
    const context = line.positionals[0];
    const rest = { pushes: true, byDigest: false, buildArgs: [], buildContexts: [], labels: [] } as const;
    return [{ kind: 'build', tool: 'gcloud builds submit', at, tags, ...(context && { context }), ...rest }];
  },
};

const tag: Verb = {
  names: channels('artifacts docker tags add', 'container images add-tag'),
  flags: gcloudFlags,
  read({ positionals: [from, ...names] }, { at, verb }) {
    return from ? names.map(to => ({ kind: 'retag', tool: `gcloud ${verb}`, at, from, to, remote: true, allPlatforms: true })) : [];
  },
};

const inspect: Verb = {
  names: channels('artifacts docker images describe', 'container images describe'),
  flags: gcloudFlags,
  read: ({ positionals }, { verb }) =>
    positionals.slice(0, 1).map((reference): Fact => ({ kind: 'inspect', tool: `gcloud ${verb}`, at: reference.span, reference })),
};

// The hosts that the command registers when it is given none: `gcloud auth configure-docker --help`.
const defaultHosts = ['gcr.io', 'us.gcr.io', 'eu.gcr.io', 'asia.gcr.io', 'staging-k8s.gcr.io', 'marketplace.gcr.io'];

const login: Verb = {
  names: channels('auth configure-docker'),
  flags: gcloudFlags,
  read(line, { at }) {
    const given = line.positionals.slice(0, 1).flatMap(listed);
    const hosts = given.length > 0 ? given.map(({ template }) => template) : defaultHosts.map(host => derived(host, at));
    return hosts.map(
      (registry): Fact => ({ kind: 'login', tool: 'gcloud auth configure-docker', at, registry, ecr: false, passwordBy: 'helper' }),
    );
  },
};

const removal = removes(
  'gcloud',
  channels('artifacts docker images delete', 'artifacts docker tags delete', 'container images delete', 'container images untag'),
  gcloudFlags,
);

export const gcloud = program(['gcloud'], gcloudFlags, [deploy, release, build, tag, inspect, removal, login]);
