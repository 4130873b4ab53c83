import { toJson } from '../../expression/json.ts';
import { string, type Value } from '../../expression/value.ts';
import { splitOnce } from '../../image/split.ts';
import { derived, hole, literal, type Template } from '../../image/template.ts';
import type { Span } from '../../text/span.ts';
import type { Item } from '../usage.ts';

/** `outputs.labels`, one a line: the standard ones that say which build it is, and the step's own. Later equal names win. */
export function labelLines(version: Template, commit: Template, own: readonly Item[], at: Span): readonly Template[] {
  const standard: readonly (readonly [string, Template])[] = [
    ['created', hole('the date', 'timestamp', at)],
    ['revision', commit],
    ['source', hole('github.event.repository.html_url', 'line', at)],
    ['version', version],
  ];
  const lines = standard.map(([name, value]): Template => [...derived(`org.opencontainers.image.${name}=`, at), ...value]);
  return [...lines, ...own.map(({ template }) => template)];
}

/** `outputs.json`: what `fromJSON(…).tags` and `jq` read. */
export function jsonOf(references: readonly Template[], labels: readonly Template[], at: Span): Template {
  const entries = labels.flatMap((line): readonly (readonly [string, Value])[] => {
    const pair = splitOnce(line, '=');
    const name = pair && literal(pair[0]);
    return pair && name !== undefined ? [[name, string(pair[1])]] : [];
  });
  const value: Value = {
    kind: 'object',
    entries: new Map<string, Value>([
      ['tags', { kind: 'array', items: references.map(string) }],
      ['labels', { kind: 'object', entries: new Map(entries) }],
    ]),
  };
  return toJson(value, at) ?? hole('the metadata', 'anything', at);
}
