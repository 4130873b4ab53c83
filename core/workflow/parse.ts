import { parseYaml } from '../text/yaml.ts';
import { type Document, isMap, isScalar, isSeq, visit } from '../text/yamlLibrary.ts';
import { readConcurrency, readJob, readPermissions } from './job.ts';
import type { Entries, Input, Job, SyntaxProblem, Trigger, Workflow } from './model.ts';
import { syntaxProblem, unknownAliases, unknownTag } from './problems.ts';
import type { Scalar } from './scalar.ts';
import { TreeReader } from './tree.ts';

/** Larger files are not analysed, in bytes of UTF-8: no hand-written workflow comes near it, and the editor must not wait. */
export const maxFileSize = 512 * 1024;

/** The file's size in bytes where it is over the limit. */
export function excessiveSize(text: string): number | undefined {
  // At most three bytes a unit: most files need no count.
  if (text.length * 3 <= maxFileSize) return undefined;
  const size = Buffer.byteLength(text);
  return size > maxFileSize ? size : undefined;
}

/**
 * Reads a workflow, or an action's metadata as a workflow of one job. Never throws: what cannot be read is left out and `problems` say why.
 * `path` is relative to the workspace folder.
 */
export function parseWorkflow(path: string, source: string, kind: Workflow['kind']): Workflow {
  // Actions get what is written: `1.20` and `0777` are no numbers to them, and to tell those apart takes a sixth of the time.
  const document = parseYaml(source, { prettyErrors: false, strict: true, logLevel: 'error', schema: 'failsafe' });
  const reader = new TreeReader(source, document);
  const tags = document.warnings.flatMap(warning => (warning.code === 'TAG_RESOLVE_FAILED' ? [unknownTag(warning, source)] : []));
  // What the rest of such a line is to YAML is no second mistake.
  const inTag = (at: number) => tags.some(({ span }) => at >= span.start && at < span.end);
  const problems = [
    ...document.errors.flatMap(error => (inTag(error.pos[0]) ? [] : [syntaxProblem(error, source, document)])),
    ...tags,
    ...unknownAliases(document, source),
  ];
  const root = document.contents;
  if (/<<\s*:/.test(source)) problems.push(...mergeKeys(reader, document));
  if (root && !isMap(root) && document.errors.length === 0) {
    problems.push({
      message: `A workflow is a mapping (\`on:\`, \`jobs:\`), not ${isSeq(root) ? 'a list' : 'a single value'}.`,
      span: reader.span(root),
    });
  }
  const parts = kind === 'workflow' ? readWorkflow(reader, root) : readAction(reader, root);
  return { path, kind, ...parts, problems: [...problems, ...reader.problems] };
}

function mergeKeys(reader: TreeReader, document: Document): readonly SyntaxProblem[] {
  const message = 'GitHub does not know YAML merge keys (`<<`): write the keys out, or use an alias for a whole value.';
  const problems: SyntaxProblem[] = [];
  visit(document, {
    Pair(_key, { key }) {
      if (isScalar(key) && key.value === '<<' && key.type === 'PLAIN') problems.push({ message, span: reader.span(key) });
    },
  });
  return problems;
}

type Parts = Omit<Workflow, 'path' | 'kind' | 'problems'>;

function readWorkflow(reader: TreeReader, root: unknown): Parts {
  const on = reader.get(root, 'on');
  const inputs = new Map<string, Input>();
  const inputEvents = new Set<string>();
  for (const event of ['workflow_dispatch', 'workflow_call']) {
    for (const input of readInputs(reader, reader.get(reader.get(on, event), 'inputs'))) {
      inputEvents.add(event);
      // Declared for both, the wider type counts.
      if (!inputs.has(input.name) || input.type === 'string') inputs.set(input.name, input);
    }
  }
  return {
    ...optional('name', reader.field(root, 'name')),
    triggers: readTriggers(reader, on),
    inputs,
    inputEvents,
    ...optional('outputs', readOutputs(reader, reader.get(reader.get(on, 'workflow_call'), 'outputs'))),
    ...optional('env', reader.entries(reader.get(root, 'env'))),
    ...optional('permissions', readPermissions(reader, reader.get(root, 'permissions'))),
    ...optional('concurrency', readConcurrency(reader, reader.get(root, 'concurrency'))),
    ...optional('shell', runDefault(reader, root, 'shell')),
    ...optional('workingDirectory', runDefault(reader, root, 'working-directory')),
    jobs: reader.pairs(reader.get(root, 'jobs')).flatMap(({ key, value }) => (reader.map(value) ? [readJob(reader, key, value)] : [])),
  };
}

function readAction(reader: TreeReader, root: unknown): Parts {
  const runs = reader.get(root, 'runs');
  const using = reader.field(runs, 'using');
  const inputs = new Map(readInputs(reader, reader.get(root, 'inputs')).map(input => [input.name, input]));
  const job: Job | undefined = using?.value === 'composite' ? { ...readJob(reader, using, runs), id: using, needs: [] } : undefined;
  return {
    ...optional('name', reader.field(root, 'name')),
    triggers: [],
    inputs,
    inputEvents: new Set(['action']),
    ...optional('outputs', readOutputs(reader, reader.get(root, 'outputs'))),
    jobs: job ? [job] : [],
  };
}

function readTriggers(reader: TreeReader, on: unknown): readonly Trigger[] {
  const none = { branches: [], tags: [], branchesIgnore: [], tagsIgnore: [], types: [], filtersPaths: false };
  const pairs = reader.pairs(on);
  if (pairs.length === 0) {
    return reader.items(on, true).flatMap(item => {
      const event = reader.scalar(item);
      return event ? [{ event: event.value, span: event.span, ...none }] : [];
    });
  }
  return pairs.map(({ key, value }) => ({
    event: key.value,
    span: key.span,
    branches: reader.strings(reader.get(value, 'branches')),
    branchesIgnore: reader.strings(reader.get(value, 'branches-ignore')),
    tags: reader.strings(reader.get(value, 'tags')),
    tagsIgnore: reader.strings(reader.get(value, 'tags-ignore')),
    types: reader.strings(reader.get(value, 'types')),
    filtersPaths: reader.get(value, 'paths') !== undefined || reader.get(value, 'paths-ignore') !== undefined,
  }));
}

const inputTypes: ReadonlySet<string> = new Set(['boolean', 'number', 'choice', 'environment']);

function readInputs(reader: TreeReader, node: unknown): readonly Input[] {
  return reader.pairs(node).map(({ key, value }) => {
    const type = reader.field(value, 'type')?.value ?? 'string';
    return {
      name: key.value,
      type: inputTypes.has(type) ? (type as Input['type']) : 'string',
      ...optional('default', reader.field(value, 'default')),
      options: reader.strings(reader.get(value, 'options')),
      span: key.span,
    };
  });
}

/** The values of outputs that are declared with a description and a value each. */
function readOutputs(reader: TreeReader, node: unknown): Entries | undefined {
  const map = reader.map(node);
  if (!map) return undefined;
  const entries = reader.pairs(map).flatMap(({ key, value }) => {
    const given = reader.field(value, 'value');
    return given ? [[key.value, { key, value: given }] as const] : [];
  });
  return { entries: new Map(entries), dynamic: false, span: reader.span(map), flow: map.flow === true };
}

/** A field of `defaults.run`. */
function runDefault(reader: TreeReader, node: unknown, name: 'shell' | 'working-directory'): Scalar | undefined {
  return reader.field(reader.get(reader.get(node, 'defaults'), 'run'), name);
}

/** A field that is left out when absent, as exactOptionalPropertyTypes wants it. */
function optional<K extends string, V>(key: K, value: V | undefined): { readonly [P in K]?: V } {
  return value === undefined ? {} : ({ [key]: value } as { readonly [P in K]?: V });
}
