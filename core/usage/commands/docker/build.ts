import { referenceParts } from '../../../image/mobility.ts';
import { split } from '../../../image/split.ts';
import { extent, literal, type Template } from '../../../image/template.ts';
import { cacheFact } from '../../actions/buildPush.ts';
import { attestations } from '../../attestations.ts';
import { readAttributes } from '../../attributes.ts';
import type { Attribute, Fact, Item } from '../../usage.ts';
import { all, type CommandLine, flags, isOn, last } from '../flags.ts';
import type { Call, Verb } from '../program.ts';

const buildFlags = flags(
  '-t|--tag -f|--file --build-arg --build-context --cache-from --cache-to --platform --target --label -o|--output --secret --ssh --network ' +
    '--progress --iidfile --metadata-file --add-host --builder --provenance --sbom --attest --annotation --allow --shm-size --ulimit ' +
    '--no-cache-filter --cgroup-parent -m|--memory --cpus --call --isolation --security-opt --manifest --format --authfile --arch --os ' +
    '--variant --layers-ttl --jobs --creds --cert-dir --tls-verify --volume -v --from --env --cpu-shares -c --cpuset-cpus --timestamp',
);

/** `docker build`, `docker buildx build`, `podman build`, `buildah bud` and their other names. */
export const build: Verb = {
  names: ['build', 'image build', 'builder build', 'buildx build', 'buildx b', 'bud', 'build-using-dockerfile'],
  flags: buildFlags,
  read(line, call) {
    // Only looks at the Dockerfile, or prints what would be done.
    const looks = literal(last(line, '--call')?.template ?? []) ?? 'build';
    if (isOn(line, '--check', '--print') === true || !/^(?:build)?$/.test(looks.split(',')[0] ?? '')) return [];
    const outputs = all(line, '--output').map(({ template }) => readAttributes(template));
    const context = line.positionals.at(-1);
    const isStdin = context && literal(context.template) === '-';
    const one = (key: 'dockerfile' | 'target', flag: string) => {
      const item = last(line, flag);
      return item && { [key]: item };
    };
    const fact: Fact = {
      kind: 'build',
      tool: `${call.program} ${call.verb}`,
      at: call.at,
      tags: [...all(line, '--tag', '--manifest'), ...outputs.flatMap(outputNames)],
      pushes: pushes(line, outputs),
      byDigest: outputs.some(output => is(output, 'push-by-digest', 'true')),
      platforms: all(line, '--platform').flatMap(({ template }) => split(template, /,/)),
      ...(context && !isStdin && { context }),
      ...one('dockerfile', '--file'),
      ...one('target', '--target'),
      buildArgs: all(line, '--build-arg'),
      buildContexts: all(line, '--build-context'),
      labels: all(line, '--label'),
      ...(outputs.length > 0 && { outputs: all(line, '--output') }),
      secrets: all(line, '--secret'),
      ...attestations(
        flagValue(line, '--provenance'),
        flagValue(line, '--sbom'),
        all(line, '--attest').map(({ template }) => readAttributes(template)),
      ),
    };
    return [fact, ...caches(line, call)];
  },
};

/** A word that nobody knows before the context may be `--push`. */
function pushes(line: CommandLine, outputs: readonly (readonly Attribute[])[]): boolean | undefined {
  if (outputs.some(output => is(output, 'type', 'registry') || is(output, 'push', 'true'))) return true;
  const asked = isOn(line, '--push');
  if (asked !== false || line.switches.has('--push')) return asked;
  const others = line.positionals.slice(0, -1);
  const open = others.some(({ template }) => template.length === 1 && template[0]?.kind === 'hole');
  // `--output "$OUTPUT"`, `type=image,push=$PUSH`.
  const unclear = outputs.flat().some(({ key, value }) => (key === 'push' || key === 'type' || key === '') && literal(value) === undefined);
  return open || unclear ? undefined : false;
}

function is(attributes: readonly Attribute[], name: string, value: string): boolean {
  return attributes.some(attribute => attribute.key === name && literal(attribute.value) === value);
}

/** `name=a,b` of an output, in quotes because of its comma. */
function outputNames(attributes: readonly Attribute[]): readonly Item[] {
  return attributes
    .filter(({ key }) => key === 'name')
    .flatMap(({ value }) => split(value, /,/))
    .flatMap(template => {
      const span = extent(template);
      return span && referenceParts(template).name.length > 0 ? [{ template, span }] : [];
    });
}

function flagValue(line: CommandLine, flag: string): Template | undefined {
  return last(line, flag)?.template;
}

/** Buildah has caches of its own kind: `registry` means BuildKit's. */
function caches(line: CommandLine, { program }: Call): readonly Fact[] {
  const facts = [
    ...all(line, '--cache-to').flatMap(entry => cacheFact('cacheExport', entry)),
    ...all(line, '--cache-from').flatMap(entry => cacheFact('cacheImport', entry)),
  ];
  if (program !== 'podman' && program !== 'buildah') return facts;
  return facts.map(fact => (fact.kind === 'cacheExport' || fact.kind === 'cacheImport' ? { ...fact, type: 'buildah' } : fact));
}
