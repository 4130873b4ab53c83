import { referenceParts } from '../../../image/mobility.ts';
import { split, splitOnce } from '../../../image/split.ts';
import { alternatives, derived, hole, literal, type Template } from '../../../image/template.ts';
import { pinnedBuildKit } from '../../buildkit.ts';
import type { Item, Retag } from '../../usage.ts';
import { all, type CommandLine, flags, isOn, itemIn } from '../flags.ts';
import type { Call, Verb } from '../program.ts';
import { composed, unnamed } from '../references.ts';

/** `docker buildx imagetools create -t NAME… SOURCE…`: new names for what is in the registry, several sources merged into one index. */
const imagetoolsCreate: Verb = {
  names: ['buildx imagetools create'],
  flags: flags('-t|--tag -f|--file --builder --annotation --progress --metadata-file --platform -p'),
  read(line, call) {
    // A trial, unless it cannot be known.
    if (isOn(line, '--dry-run') === true) return [];
    const named = all(line, '--tag');
    // Without `-t` the first word that nobody knows holds the flags.
    const flagsWord = named.length > 0 ? undefined : line.positionals.find(isUnknown);
    const names = named.length > 0 ? named : flagsWord ? (metadataTags(flagsWord, call) ?? [flagsWord]) : [];
    const [first] = names;
    if (!first) return [];
    const words = line.positionals.filter(item => item !== flagsWord).map(item => source(item, first));
    // What nobody knows may be more flags: what is surely a source comes first.
    const given = [...words.filter(item => !mayBeFlags(item)), ...words.filter(mayBeFlags)];
    const [from, ...others] = [...given, ...all(line, '--file').map(file => unnamed('what the file names', file))];
    return names.flatMap(to => {
      const origin = from ?? (isOn(line, '--append') ? to : (quotedSource(to) ?? (flagsWord && unnamed('what the words name', flagsWord))));
      return origin
        ? [
            {
              kind: 'retag',
              tool: 'docker buildx imagetools create',
              at: call.at,
              from: origin,
              others,
              to,
              remote: true,
              allPlatforms: true,
              ...rewriting(line),
            },
          ]
        : [];
    });
  },
};

/** Annotations are written into the index, and a single image gets one of its own unless `--prefer-index=false` says otherwise. */
function rewriting(line: CommandLine): Pick<Retag, 'rewrites' | 'wraps'> {
  const annotation = all(line, '--annotation')[0];
  const keepsSingle = line.switches.has('--prefer-index') && isOn(line, '--prefer-index') !== true;
  return {
    ...(annotation && { rewrites: { by: '--annotation', at: annotation.span } }),
    ...(!keepsSingle && { wraps: true as const }),
  };
}

/** `-t "NAME SOURCE"`: a quote too many makes one argument of both, which is refused; what was meant can be told. */
function quotedSource({ template, span }: Item): Item | undefined {
  const pair = splitOnce(template, ' ');
  return pair && pair[1].length > 0 ? { template: pair[1], span } : undefined;
}

/** A word that nobody knows and that does not say of itself that it names digests. */
function mayBeFlags(item: Item): boolean {
  const [part] = item.template;
  return isUnknown(item) && part?.kind === 'hole' && !/@(?!\])/.test(part.source);
}

function isUnknown({ template }: Item): boolean {
  return template.length === 1 && template[0]?.kind === 'hole' && template[0].shape === 'unknown';
}

/** `$(jq … '.tags | map("-t " + .) …' <<< "$DOCKER_METADATA_OUTPUT_JSON")`: the tags of metadata-action. */
function metadataTags(item: Item, { command, context }: Call): readonly Item[] | undefined {
  const [part] = item.template;
  if (part?.kind !== 'hole' || !/\.tags\b/.test(part.source) || !part.source.includes('DOCKER_METADATA_OUTPUT_JSON')) return undefined;
  const tags = context.variable(command, 'DOCKER_METADATA_OUTPUT_TAGS');
  return (
    tags && split(tags, /\n/).flatMap(template => (template.length > 0 ? [{ template: movedTo(template, item), span: item.span }] : []))
  );
}

function movedTo(template: Template, { span }: Item): Template {
  return template.map(part => ({ ...part, at: span }));
}

/** A bare digest is in the repository of the new name; `NAME@sha256:*` comes of the names of files that hold digests. */
function source(item: Item, to: Item): Item {
  const known = literal(item.template);
  if (known !== undefined && /^sha256:[0-9a-f]{64}$/.test(known)) {
    const [form = []] = alternatives(to.template);
    return composed(referenceParts(form).name, '@', item);
  }
  const end = item.template.findLastIndex(({ kind }) => kind !== 'text') + 1;
  const files = /^(.*@)sha256:[\w-]*[*?]/.exec(literal(item.template.slice(end)) ?? '')?.[1];
  if (files === undefined) return item;
  return {
    ...item,
    template: [...item.template.slice(0, end), ...derived(files, item.span), ...hole('(the names of files)', 'digest', item.span)],
  };
}

const create: Verb = {
  names: ['buildx create', 'buildx use'],
  flags: flags('--name --driver --driver-opt --node --platform --config|--buildkitd-config --flags|--buildkitd-flags --append'),
  read(line, { verb, at }) {
    const name = literal(line.positionals.at(-1)?.template ?? []);
    // The default builder is docker's own.
    if (verb === 'buildx use' && name === 'default') return [];
    const buildkit = pinnedBuildKit(
      all(line, '--driver-opt')
        .map(({ template }) => literal(template) ?? '')
        .join(','),
    );
    const driver = literal(all(line, '--driver').at(-1)?.template ?? []);
    return [{ kind: 'builder', at, ...(buildkit && { buildkit }), ...(driver && { driver }) }];
  },
};

export const buildx: readonly Verb[] = [imagetoolsCreate, create];

/** A list option's items, `a,b`. */
export function listed(item: Item): readonly Item[] {
  return split(item.template, /,/).flatMap(template => (template.length > 0 ? [itemIn(item, template)] : []));
}
