import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as z from 'zod/mini';

const schema = z.record(z.string(), z.string());

/**
 * The rules' pages (Markdown) by id, from the file that the build puts beside the program. Empty where that file was left behind: what
 * explains a rule is worth having, not worth failing for.
 */
export function rulePages(): ReadonlyMap<string, string> {
  try {
    return new Map(Object.entries(schema.parse(JSON.parse(readFileSync(join(__dirname, 'rulePages.json'), 'utf8')))));
  } catch {
    return new Map();
  }
}
