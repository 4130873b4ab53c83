import { sliceText } from '../../../image/split.ts';
import { derived, display, literal, type Template } from '../../../image/template.ts';
import { accountRegistry } from '../../ecr.ts';
import type { Fact, FactOf, Item, RepositorySettings } from '../../usage.ts';
import { valuesBehind } from '../deploys/written.ts';
import { all, type CommandLine, last } from '../flags.ts';
import type { Call, Verb } from '../program.ts';
import { composed, unnamed } from '../references.ts';
import { remove, removeSome } from '../removals.ts';
import { editOf } from './editedManifest.ts';
import { awsFlags } from './flags.ts';
import { writtenBefore } from './writtenFiles.ts';

/** The repository as other commands name it, in the account's registry: `aws ecr` names it without its host. */
function repository(line: CommandLine, { verb }: Call): Item | undefined {
  const name = last(line, '--repository-name');
  return (
    name && {
      template: [...accountRegistry(name.span, verb.startsWith('ecr-public')), ...derived('/', name.span), ...name.template],
      span: name.span,
    }
  );
}

/** `imageTag=T`, `imageDigest=D` and the same in JSON; the words behind the flag belong to it. */
function imageIds(line: CommandLine, name: Template): readonly Item[] {
  return [...all(line, '--image-ids', '--image-id'), ...line.positionals].flatMap(word => {
    const known = valuesBehind(word, /(?:^|[,{ ])"?imageTag"?[=:] ?"?/g, /[",}\] ]/).map(tag => composed(name, ':', tag));
    const digests = valuesBehind(word, /(?:^|[,{ ])"?imageDigest"?[=:] ?"?/g, /[",}\] ]/).map(digest => composed(name, '@', digest));
    return [...digests, ...known];
  });
}

const inspect: Verb = {
  names: [
    'ecr describe-images',
    'ecr batch-get-image',
    'ecr list-images',
    'ecr describe-image-scan-findings',
    'ecr-public describe-images',
  ],
  flags: awsFlags,
  read(line, call) {
    const name = repository(line, call);
    if (!name) return [];
    const ids = imageIds(line, name.template);
    const references = ids.length > 0 ? ids : [composed(name.template, ':', unnamed('any tag', name))];
    return references.map(reference => ({ kind: 'inspect', tool: `aws ${call.verb}`, at: reference.span, reference }));
  },
};

/** Gives a manifest another tag. The manifest is what an earlier `batch-get-image` printed. */
const putImage: Verb = {
  names: ['ecr put-image'],
  flags: awsFlags,
  read(line, call) {
    const name = repository(line, call);
    const tag = last(line, '--image-tag');
    if (!name || !tag) return [];
    const to = composed(name.template, ':', tag);
    const manifest = last(line, '--image-manifest');
    const from = printedBy(manifest, call) ?? unnamed('the manifest', manifest ?? tag);
    const edit = manifest && editOf(manifest, call);
    const rewrites = edit && { rewrites: { by: 'jq', at: edit } };
    return [{ kind: 'retag', tool: 'aws ecr put-image', at: call.at, from, to, remote: true, allPlatforms: undefined, ...rewrites }];
  },
};

/** The image of the `batch-get-image` whose output a manifest is; where the manifest comes from a file, of the last one before. */
function printedBy(manifest: Item | undefined, { command, context }: Call): Item | undefined {
  const asked = context.script
    .slice(0, context.script.indexOf(command))
    .filter(({ words }) => literal(words[2]?.template ?? []) === 'batch-get-image');
  const [part] = manifest?.template ?? [];
  const origin = part && (part.via[0]?.span ?? part.at);
  const made = asked.find(({ span }) => part?.kind === 'hole' && origin && origin.start <= span.start && span.end <= origin.end);
  const found = made ?? asked.at(-1);
  const inspected = found && context.facts(found).find(fact => fact.kind === 'inspect');
  return inspected?.reference;
}

const batchDelete: Verb = {
  names: ['ecr batch-delete-image', 'ecr-public batch-delete-image'],
  flags: awsFlags,
  read(line, call) {
    const name = repository(line, call);
    if (!name) return [];
    const tool = `aws ${call.verb}`;
    const ids = imageIds(line, name.template);
    return ids.length > 0 ? ids.map(id => remove(tool, id, call)) : [removeSome(tool, name, call)];
  },
};

/** The whole repository with all that is in it. */
const deleteRepository: Verb = {
  names: ['ecr delete-repository', 'ecr-public delete-repository'],
  flags: awsFlags,
  read(line, call) {
    const reference = repository(line, call);
    return reference ? [{ kind: 'delete', tool: `aws ${call.verb}`, at: call.at, reference }] : [];
  },
};

const scan = /scanOnPush"?[=:]\s?"?(true|false)/;

const settings: Verb = {
  names: [
    'ecr create-repository',
    'ecr put-image-tag-mutability',
    'ecr put-lifecycle-policy',
    'ecr put-image-scanning-configuration',
    'ecr set-repository-policy',
  ],
  flags: awsFlags,
  read(line, { verb, at, command, context }) {
    const name = last(line, '--repository-name');
    // The rest stands in a file.
    if (!name || last(line, '--cli-input-json', '--cli-input-yaml')) return [];
    const mutability = last(line, '--image-tag-mutability')?.template;
    const scanned = scan.exec(literal(last(line, '--image-scanning-configuration')?.template ?? []) ?? '')?.[1];
    const policy = last(line, '--lifecycle-policy-text', '--lifecycle-policy');
    const fact: Extract<Fact, { kind: 'repositorySettings' }> = {
      kind: 'repositorySettings',
      at,
      repository: name,
      creates: verb === 'ecr create-repository',
      ...(mutability && { mutability }),
      exclusions: exclusions(line),
      ...(scanned !== undefined && { scanOnPush: scanned === 'true' }),
      ...(policy && lifecycle(policy, { command, context })),
    };
    return [fact];
  },
};

function exclusions(line: CommandLine): readonly Item[] {
  if (!last(line, '--image-tag-mutability-exclusion-filters')) return [];
  return [...all(line, '--image-tag-mutability-exclusion-filters'), ...line.positionals].flatMap(word =>
    valuesBehind(word, /(?:^|[,{ ])"?filter"?[=:] ?"?/g, /[",}\] ]/).map(({ template, span }) => ({ template, span })),
  );
}

/** A policy's text: as it is given, as the script has written it into the file before, or as the file of the repository has it. */
function lifecycle(
  given: Item,
  { command, context }: Pick<Call, 'command' | 'context'>,
): Pick<FactOf<RepositorySettings>, 'lifecyclePolicy' | 'lifecycleFile'> {
  const name = display(given.template);
  if (!name.startsWith('file://')) return { lifecyclePolicy: given };
  const path = name.slice('file://'.length);
  const { span } = given;
  const written = writtenBefore(path, command, context.script);
  if (written) return { lifecyclePolicy: { template: written, span } };
  const file = context.repositoryFile(path);
  return file && !file.mayBeWritten
    ? { lifecyclePolicy: { template: derived(file.text, span), span }, lifecycleFile: file.path }
    : { lifecyclePolicy: given };
}

/** `file://PATH`: what the file says, where it is in the repository. */
export function fileOr(value: Item, file: (path: string) => string | undefined): Item {
  const [first, ...rest] = value.template;
  if (first?.kind !== 'text' || !first.text.startsWith('file://')) return value;
  const path = literal(first.text.length > 7 ? [sliceText(first, 7), ...rest] : rest);
  const text = path === undefined ? undefined : file(path);
  return text === undefined ? value : { template: derived(text, value.span), span: value.span };
}

/** The AWS CLI before its second version printed a whole `docker login`. */
const getLogin: Verb = {
  names: ['ecr get-login'],
  flags: awsFlags,
  read: (_line, { at }): readonly Fact[] => [
    { kind: 'login', tool: 'aws ecr get-login', at, registry: accountRegistry(at, false), ecr: true, passwordBy: 'argument' },
  ],
};

export const ecr: readonly Verb[] = [inspect, putImage, batchDelete, deleteRepository, settings, getLogin];
