import { string, type Value } from '../../expression/value.ts';
import { literal, type Template } from '../../image/template.ts';
import { bakeFacts, defaultBakeFiles, parseBake, readOverride, targetNames } from '../bake/call.ts';
import type { BakeFile, Block } from '../bake/syntax.ts';
import { eventsOf } from '../starts.ts';
import { type ActionAdapter, items, type StepReader } from '../stepReader.ts';
import type { Fact } from '../usage.ts';

/** docker/bake-action and its drop-in: the targets of bake files in the workspace, with the step's overrides. */
export const bake: ActionAdapter = {
  names: ['docker/bake-action', 'depot/bake-action'],
  read(step) {
    const outputs = new Map([step.output('metadata', 'anything')]);
    const targets = targetNames(step.list('targets', /[\n,]/));
    const found = bakeFiles(step);
    const opaque = (reason: string): Fact => ({ kind: 'opaque', what: 'action', name: step.step.uses?.value ?? '', at: step.at, reason });
    const unseen = targets ? found.missing : 'an expression decides what it builds';
    const pushes = step.flag('push', false);
    const facts = bakeFacts({
      files: targets ? found.files : [],
      at: step.inputSpan('targets') ?? step.at,
      environment: name => step.variable(name),
      targets: targets ?? [],
      tool: step.name,
      overrides: step.list('set').flatMap(item => readOverride(item) ?? []),
      pushes,
    });
    const starts = step.startsWith('push');
    const pushed = pushes === undefined ? { pushEvents: eventsOf(starts), pushStarts: starts } : {};
    const known = facts.map(fact => (fact.kind === 'build' && fact.pushes === undefined ? { ...fact, ...pushed } : fact));
    return { facts: [...known, ...(unseen ? [opaque(unseen)] : [])], outputs };
  },
};

interface Found {
  readonly files: readonly BakeFile[];
  /** Why some of what is built cannot be seen. */
  readonly missing?: string;
}

function bakeFiles(step: StepReader): Found {
  const folder = folderOf(step);
  if (folder === undefined) return { files: [], missing: 'its bake file is in another place' };
  const named = step.list('files', /[\n,]/);
  if (named.length === 0) {
    const files = defaultBakeFiles(name => fileAt(`${folder}${name}`, step));
    return files.length > 0 ? { files } : { files, missing: 'its bake file is not in this workspace' };
  }
  const files: BakeFile[] = [];
  let missing: string | undefined;
  for (const { template } of named) {
    const metadata = metadataFile(template, step);
    const path = literal(template)?.replace(/^cwd:\/\//, '');
    const file = metadata ?? (path === undefined ? undefined : fileAt(`${folder}${path}`, step));
    if (file) files.push(file);
    else missing = 'one of its bake files is not in this workspace';
  }
  return { files, ...(missing && { missing }) };
}

/** The folder that files are named from, with a `/` at its end; `undefined` for another repository. */
function folderOf(step: StepReader): string | undefined {
  const source = literal(step.input('source') ?? []);
  const folder = literal(step.input('workdir') ?? []);
  const inside =
    source === undefined
      ? undefined
      : (/^\{\{\s*defaultContext\s*\}\}:?(.*)$/.exec(source)?.[1] ?? (/^(?:[\w-]+:\/\/|git@|.*#)/.test(source) ? undefined : source));
  if (inside === undefined || folder === undefined) return undefined;
  const path = [folder, inside].filter(part => part !== '' && part !== '.').join('/');
  return path === '' ? '' : `${path.replace(/\/$/, '')}/`;
}

function fileAt(path: string, step: StepReader): BakeFile | undefined {
  const text = step.file(path.replace(/^\.\//, ''));
  return text === undefined ? undefined : parseBake(path, text, { at: step.at, environment: name => step.variable(name) });
}

/** `steps.meta.outputs.bake-file`: a target with the tags and labels of metadata-action's step. */
function metadataFile(template: Template, step: StepReader): BakeFile | undefined {
  const [part] = template.filter(({ kind }) => kind === 'hole');
  const match = part?.kind === 'hole' ? /^steps\.([\w-]+)\.outputs\.bake-file(-tags|-labels|-annotations)?$/.exec(part.source) : null;
  const outputs = match && step.known.outputs.get(match[1] ?? '');
  if (!match || !outputs) return undefined;
  const [, id = '', only] = match;
  const attributes = new Map<string, Value>();
  const list = (name: string): Value => ({ kind: 'array', items: items(outputs.get(name) ?? [], /\n/).map(item => string(item.template)) });
  if (only === undefined || only === '-tags') attributes.set('tags', list('tags'));
  const block: Block = {
    type: 'target',
    label: 'docker-metadata-action',
    attributes: new Map([...attributes].map(([name, value]) => [name, { kind: 'value', value }] as const)),
  };
  return { path: `steps.${id}`, blocks: [block] };
}
