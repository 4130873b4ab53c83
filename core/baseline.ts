import { createHash } from 'node:crypto';
import * as z from 'zod/mini';
import type { Finding } from './rules/rule.ts';
import type { LineMap } from './text/lines.ts';

const entrySchema = z.object({ rule: z.string(), path: z.string(), lines: z.string().check(z.regex(/^[0-9a-f]{16}$/)) });
const schema = z.object({ version: z.literal(1), findings: z.array(entrySchema) });

/** A finding that is known: its rule, its file, and the text of its lines, so that it stays known when the lines move. */
export type BaselineEntry = z.infer<typeof entrySchema>;

export interface Baseline {
  readonly version: 1;
  readonly findings: readonly BaselineEntry[];
}

/** What is written for a finding. `path` is the file as the baseline names it: relative to the baseline's own folder, with `/`. */
export function baselineEntry({ rule, span }: Finding, path: string, lines: LineMap): BaselineEntry {
  const first = lines.position(span.start).line;
  const last = lines.position(span.end).line;
  const text: string[] = [];
  // Indentation changes when a job is moved; what is said does not.
  for (let line = first; line <= last; line++) text.push(lines.line(line).trim());
  return { rule, path, lines: createHash('sha256').update(text.join('\n')).digest('hex').slice(0, 16) };
}

/** The findings that the baseline does not know; each of its entries covers one finding. */
export function unknownTo<T extends { readonly entry: BaselineEntry }>({ findings }: Baseline, found: readonly T[]): readonly T[] {
  const left = new Map<string, number>();
  for (const entry of findings) left.set(key(entry), (left.get(key(entry)) ?? 0) + 1);
  return found.filter(({ entry }) => {
    const count = left.get(key(entry)) ?? 0;
    left.set(key(entry), count - 1);
    return count <= 0;
  });
}

/** The baseline of these findings as a file: sorted, one entry a line, so that changes to it can be read. */
export function formatBaseline(entries: readonly BaselineEntry[]): string {
  const lines = entries.map(({ rule, path, lines: text }) => JSON.stringify({ rule, path, lines: text })).sort();
  return `{\n  "version": 1,\n  "findings": [${lines.map(line => `\n    ${line}`).join(',')}${lines.length > 0 ? '\n  ' : ''}]\n}\n`;
}

/** Reads a baseline file; a string says in a sentence why it is none. */
export function parseBaseline(text: string): Baseline | string {
  let data: unknown;
  try {
    data = JSON.parse(text);
  } catch {
    return 'it is no JSON';
  }
  const parsed = schema.safeParse(data);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  return `${issue?.path.length ? `at ${issue.path.join('.')}: ` : ''}${issue?.message ?? 'it has another form'}`;
}

function key({ rule, path, lines }: BaselineEntry): string {
  return `${rule}\n${path}\n${lines}`;
}
