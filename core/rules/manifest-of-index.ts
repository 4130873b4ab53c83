import { match, matchNames } from '../image/match.ts';
import { referenceParts } from '../image/mobility.ts';
import { alternatives, display, type Template } from '../image/template.ts';
import type { Edit } from '../text/span.ts';
import { besides } from '../usage/order.ts';
import type { Build, Push, Retag } from '../usage/usage.ts';
import type { TagWrite } from '../workspace/tagFlow.ts';
import { isSaidAlready, type Problem, type Rule, type RuleContext } from './rule.ts';
import { platformCount, pushedForm } from './shared/pushedForm.ts';
import { writersOfSource } from './shared/sourceWriters.ts';

/** Since buildx attests by default, what it pushes for one platform is an index as well. */
export const manifestOfIndex: Rule = {
  id: 'manifest-of-index',
  title: '`docker manifest create` is given indexes, which it refuses',
  severity: 'error',
  fixable: true,
  visit: {
    retag(retag, context) {
      if (retag.tool !== 'docker manifest create') return;
      const found = [retag.from, ...(retag.others ?? [])].flatMap(({ template }) => indexIn(template, retag, context) ?? [])[0];
      if (found) report(retag, found, context);
    },
  },
};

interface Index {
  readonly source: Template;
  readonly path: string;
  readonly build: Build;
}

/** The source, where the builds that push it leave an index each. */
function indexIn(sources: Template, retag: Retag, context: RuleContext): Index | undefined {
  const { workspace } = context;
  for (const source of alternatives(sources)) {
    const writers = writersOf(source, retag, context);
    const builds = writers.map(({ path, build }) => {
      const file = workspace.usage(path);
      return file && pushedForm(build, file, workspace);
    });
    const [first] = writers;
    if (first && builds.every(form => form === 'index')) return { source, ...first };
  }
  return undefined;
}

/** The builds that push what a source names; none where something else may push it, or nobody knows what it names. */
function writersOf(source: Template, retag: Retag, context: RuleContext): readonly Omit<Index, 'source'>[] {
  const { usage: file, path } = context;
  const { name, tag, digest } = referenceParts(source);
  if (digest) {
    const builds = file.sequence.filter((use): use is Build => use.kind === 'build' && use.byDigest && isOf(use, name));
    return builds.map(build => ({ path: build.within?.path ?? path, build }));
  }
  if (!tag) return [];
  const writes = writersOfSource(source, retag, context);
  return writes.every(isByBuild) ? writes.map(({ path: from, usage }) => ({ path: from, build: usage })) : [];
}

/** Pushed by digest, a build names its repository alone, in its exporter. */
function isOf({ tags }: Build, name: Template): boolean {
  return (
    tags.length > 0 &&
    tags.every(({ template }) => alternatives(template).some(form => matchNames(referenceParts(form).name, name, 'run') === 'same'))
  );
}

function isByBuild(write: TagWrite): write is TagWrite & { readonly usage: Build } {
  return write.usage.kind === 'build';
}

function report(retag: Retag, { source, path, build }: Index, context: RuleContext): void {
  const at = verb.exec(context.text.slice(retag.at.start, retag.at.end));
  const span = at ? { start: retag.at.start, end: retag.at.start + at[0].length } : retag.at;
  if (isSaidAlready(context, span)) return;
  const isWide = (platformCount(build) ?? 1) > 1;
  const why = isWide
    ? 'it is built for several platforms'
    : 'the build puts the image and its provenance into one, as buildx does unless `provenance: false` says otherwise';
  const fix = throughBuildx(retag, context);
  context.report({
    at: span,
    message: `\`${display(source)}\` is an index: ${why}. \`docker manifest create\` takes single images only and stops here with “… is a manifest list”. \`docker buildx imagetools create\` merges indexes.`,
    related: [{ ...(build.within ?? { path, span: build.at }), message: 'It is pushed here.' }],
    ...(fix && { fix }),
  });
}

const verb = /^docker\s+manifest\s+create(?![\w-])/;

/** `imagetools create -t` in its place, which pushes by itself, where nothing else is done to the list in between. */
function throughBuildx(retag: Retag, { usage, text }: RuleContext): Problem['fix'] | undefined {
  const command = text.slice(retag.at.start, retag.at.end);
  const [start] = verb.exec(command) ?? [];
  const pushes = besides(usage, retag).filter(
    (use): use is Push =>
      use.kind === 'push' && use.step === retag.step && use.tool === 'docker manifest push' && isSame(use, retag) && !use.within,
  );
  const [push] = pushes;
  const line = push && wholeLine(push, text);
  if (!start || retag.within || pushes.length !== 1 || !line || /\bmanifest\s+annotate\b/.test(retag.step.run?.value ?? ''))
    return undefined;
  const flags = /^(?:\s|\\\r?\n)+(?:-a|--amend)(?=\s)/.exec(command.slice(start.length))?.[0] ?? '';
  if (/\s-/.test(command.slice(start.length + flags.length))) return undefined;
  const at = retag.at.start;
  const edits: Edit[] = [
    { span: { start: at, end: at + start.length + flags.length }, text: 'docker buildx imagetools create -t' },
    { span: line, text: '' },
  ];
  return { title: 'Merge them with buildx', safe: false, edits };
}

function isSame({ reference }: Push, { to }: Retag): boolean {
  return match(reference.template, to.template, 'job') === 'same';
}

/** The line of a command that stands on one by itself, with the line break before it. */
function wholeLine({ reference }: Push, text: string): Edit['span'] | undefined {
  const start = text.lastIndexOf('\n', reference.span.start - 1);
  const end = reference.span.end + (/[^\r\n]*/.exec(text.slice(reference.span.end))?.[0].length ?? 0);
  const isAlone = /^\s*docker manifest push (?:-p |--purge )?\S+\s*$/.test(text.slice(start, end));
  return isAlone ? { start: text[start - 1] === '\r' ? start - 1 : start, end } : undefined;
}
