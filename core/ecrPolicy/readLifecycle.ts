import type { z } from 'zod';
import type { Span } from '../text/span.ts';
import { type JsonNode, type JsonProblem, readJson, unknownText } from './json.ts';
import type { LifecyclePolicy, LifecycleRule, Selection } from './lifecycle.ts';
import { type LifecycleFile, lifecycleSchema, open } from './schema.ts';

export interface ReadLifecycle {
  /** Absent where the text is no policy that Amazon ECR would take. */
  readonly policy?: LifecyclePolicy;
  /** Why not, with places in the text. */
  readonly problems: readonly JsonProblem[];
}

/** Longer texts are refused by `PutLifecyclePolicy`. */
const maximumLength = 30_720;

/** Reads the JSON of a lifecycle policy. What a variable makes stands in it as `unknownText`. Never throws. */
export function readLifecycle(text: string): ReadLifecycle {
  const firstLine = { start: 0, end: text.search(/[\r\n]|$/) };
  if (text.length > maximumLength)
    return { problems: [{ message: `The policy is longer than the ${maximumLength} characters that Amazon ECR takes.`, span: firstLine }] };
  const json = readJson(text);
  if ('problem' in json) return { problems: [json.problem] };
  const { root } = json;
  // All of it comes from elsewhere.
  if (root.kind === 'unknown') return { problems: [] };
  const parsed = lifecycleSchema.safeParse(plain(root));
  if (!parsed.success) return { problems: parsed.error.issues.flatMap(issue => located(issue, root)) };
  return { policy: policyOf(parsed.data, root), problems: [] };
}

function plain(node: JsonNode): unknown {
  switch (node.kind) {
    case 'unknown':
      return open;
    case 'array':
      return node.items.map(plain);
    case 'object':
      // A key such as `__proto__` is a key like any other.
      return Object.assign(Object.create(null), Object.fromEntries(node.entries.map(({ key, value }) => [key, plain(value)])));
    case 'scalar':
      return typeof node.value === 'string' && node.value.includes(unknownText) ? open : node.value;
  }
}

function policyOf({ rules }: LifecycleFile, root: JsonNode): LifecyclePolicy {
  const found = rules.map((rule, index): LifecycleRule => {
    const { rulePriority, description, selection, action } = rule;
    const at = ['rules', index];
    return {
      priority: value(rulePriority),
      ...(typeof description === 'string' && { description }),
      selection: selectionOf(selection, path => nodeAt(root, [...at, 'selection', ...path])),
      storage: value(selection.storageClass) ?? 'standard',
      countType: value(selection.countType),
      count: value(selection.countNumber),
      action: action.type === open ? undefined : action.type === 'transition' ? 'archive' : 'expire',
      span: nodeAt(root, at)?.span ?? root.span,
    };
  });
  return { rules: found.sort((a, b) => (a.priority ?? Number.MAX_VALUE) - (b.priority ?? Number.MAX_VALUE)) };
}

function value<T>(given: T | typeof open): T | undefined {
  return given === open ? undefined : (given as T);
}

type RawSelection = LifecycleFile['rules'][number]['selection'];

function selectionOf(given: RawSelection, node: (path: readonly (string | number)[]) => JsonNode | undefined): Selection | undefined {
  const { tagStatus, tagPatternList, tagPrefixList } = given;
  if (tagStatus === open) return undefined;
  if (tagStatus !== 'tagged') return { status: tagStatus };
  const list = tagPatternList ?? tagPrefixList;
  if (!list || list === open) return undefined;
  const [key, suffix] = tagPatternList ? ['tagPatternList', ''] : ['tagPrefixList', '*'];
  const known = list.filter(one => one !== open);
  if (known.length < list.length) return undefined;
  const patterns = known.map((one, index) => ({ value: `${one}${suffix}`, span: node([key, index])?.span ?? { start: 0, end: 0 } }));
  return { status: 'tagged', patterns };
}

function nodeAt(root: JsonNode, path: readonly PropertyKey[]): JsonNode | undefined {
  let node: JsonNode | undefined = root;
  for (const step of path) {
    if (node?.kind === 'array') node = node.items[Number(step)];
    // Of a key that stands twice the last counts.
    else if (node?.kind === 'object') node = node.entries.findLast(({ key }) => key === String(step))?.value;
    else return undefined;
  }
  return node;
}

/** An issue of the schema as a sentence with its place. */
function located(issue: z.core.$ZodIssue, root: JsonNode, base: readonly PropertyKey[] = []): readonly JsonProblem[] {
  const path = [...base, ...issue.path];
  // The first branch is that of what nobody knows.
  if (issue.code === 'invalid_union') return (issue.errors.at(-1) ?? []).flatMap(inner => located(inner, root, path));
  if (issue.code === 'unrecognized_keys')
    return issue.keys.map(key => ({
      message: `There is no \`${key.slice(0, 60)}\` in ${nameOf(path)}.`,
      span: keySpan(root, [...path, key]),
    }));
  const node = nodeAt(root, path);
  if (!node)
    return [{ message: `\`${String(path.at(-1))}\` is missing in ${nameOf(path.slice(0, -1))}.`, span: keySpan(root, path.slice(0, -1)) }];
  return [{ message: `${capital(nameOf(path))} ${issue.message}.`, span: node.kind === 'scalar' ? node.span : keySpan(root, path) }];
}

/** The key of an entry, or where an item begins: braces over many lines are no place to point at. */
function keySpan(root: JsonNode, path: readonly PropertyKey[]): Span {
  const parent = path.length > 0 ? nodeAt(root, path.slice(0, -1)) : undefined;
  const entry = parent?.kind === 'object' ? parent.entries.findLast(({ key }) => key === String(path.at(-1))) : undefined;
  const { start } = entry?.keySpan ?? nodeAt(root, path)?.span ?? root.span;
  return entry ? entry.keySpan : { start, end: start + 1 };
}

function nameOf(path: readonly PropertyKey[]): string {
  const last = path.at(-1);
  if (last === undefined) return 'the policy';
  if (typeof last !== 'number') return `\`${String(last)}\``;
  return path.at(-2) === 'rules' ? `rule ${last + 1}` : `item ${last + 1} of ${nameOf(path.slice(0, -1))}`;
}

function capital(text: string): string {
  return text.slice(0, 1).toUpperCase() + text.slice(1);
}
