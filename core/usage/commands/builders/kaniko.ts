import { readAttributes } from '../../attributes.ts';
import type { Fact } from '../../usage.ts';
import { all, flags, isOn, last } from '../flags.ts';
import { noFlags, program } from '../program.ts';

const kanikoFlags = flags(
  '-d|--destination -c|--context --context-sub-path -f|--dockerfile --build-arg --target --label --cache-repo --cache-dir --cache-ttl --custom-platform|--customPlatform ' +
    '--digest-file --image-name-with-digest-file --image-name-tag-with-digest-file --oci-layout-path --registry-mirror --registry-certificate ' +
    '--snapshot-mode --snapshotMode --tar-path --tarPath --verbosity -v --log-format --git --ignore-path --push-retry --image-fs-extract-retry ' +
    '--skip-tls-verify-registry --insecure-registry --compression --compression-level --kaniko-dir',
);

/** kaniko's executor: it pushes to each `--destination`; its cache is a repository of layers, not BuildKit's. */
export const kaniko = program(['executor'], noFlags, [
  {
    names: [''],
    flags: kanikoFlags,
    read(line, { at }) {
      const tags = all(line, '--destination');
      const context = last(line, '--context');
      const dockerfile = last(line, '--dockerfile');
      const target = last(line, '--target');
      const pushes = isOn(line, '--no-push');
      const build: Fact = {
        kind: 'build',
        tool: 'kaniko',
        at,
        tags,
        pushes: pushes === undefined ? undefined : !pushes,
        byDigest: false,
        platforms: all(line, '--customPlatform').map(({ template }) => template),
        ...(context && { context }),
        ...(dockerfile && { dockerfile }),
        ...(target && { target }),
        buildArgs: all(line, '--build-arg'),
        buildContexts: [],
        labels: all(line, '--label'),
      };
      if (tags.length === 0 && !context) return [];
      const cache = last(line, '--cache-repo');
      const entry = cache && { type: 'kaniko', bare: true, entry: cache, attributes: readAttributes(cache.template), at: cache.span };
      return entry ? [build, { kind: 'cacheExport', ...entry }, { kind: 'cacheImport', ...entry }] : [build];
    },
  },
]);

const packFlags = flags(
  '-B|--builder -b|--buildpack -p|--path -e|--env --env-file -t|--tag --cache-image --cache -d|--descriptor --network --platform --pull-policy ' +
    '--run-image --volume -D|--default-process --gid --uid --lifecycle-image --creation-time --sbom-output-dir --workspace --docker-host -r|--buildpack-registry',
);

/** Cloud Native Buildpacks: `pack build NAME --publish -t NAME`. */
export const pack = program(['pack'], noFlags, [
  {
    names: ['build'],
    flags: packFlags,
    read(line, { at }) {
      const context = last(line, '--path');
      const cache = last(line, '--cache-image');
      const build: Fact = {
        kind: 'build',
        tool: 'pack build',
        at,
        tags: [...line.positionals.slice(0, 1), ...all(line, '--tag')],
        pushes: isOn(line, '--publish'),
        byDigest: false,
        platforms: all(line, '--platform').map(({ template }) => template),
        ...(context && { context }),
        buildArgs: all(line, '--env'),
        buildContexts: [],
        labels: [],
      };
      const entry = cache && { type: 'pack', bare: true, entry: cache, attributes: readAttributes(cache.template), at: cache.span };
      return entry ? [build, { kind: 'cacheExport', ...entry }, { kind: 'cacheImport', ...entry }] : [build];
    },
  },
]);

const apkoFlags = flags(
  '--arch --annotations -r|--repository-append -k|--keyring-append --sbom-path --image-refs --build-repository-append --workdir --cache-dir',
);

/** `apko publish CONFIG NAME…`. */
export const apko = program(['apko'], noFlags, [
  {
    names: ['publish', 'build'],
    flags: apkoFlags,
    read({ positionals: [, ...names] }, { at, verb }) {
      const tags = verb === 'publish' ? names : names.slice(0, 1);
      const pushes = verb === 'publish';
      return tags.length > 0
        ? [{ kind: 'build', tool: `apko ${verb}`, at, tags, pushes, byDigest: false, buildArgs: [], buildContexts: [], labels: [] }]
        : [];
    },
  },
]);
