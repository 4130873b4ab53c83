import { glob } from '../core/text/glob.ts';
import { isHeld } from '../core/workspace/paths.ts';
import type { InitializationOptions, ServerSettings } from '../protocol/index.ts';

/** What the client wants, read once from whatever it sent. */
export interface Settings {
  readonly invalidYaml: boolean;
  readonly patterns: readonly string[];
}

/** Reads initialization options; what has the wrong type counts as missing. */
export function initialSettings(options: unknown): Settings {
  const { invalidYaml, patterns } = (isObject(options) ? options : {}) satisfies Partial<Record<keyof InitializationOptions, unknown>>;
  return { invalidYaml: invalidYaml !== false, patterns: strings(patterns) ?? [] };
}

/** The settings with the client's section laid over them. */
export function withSection(settings: Settings, section: unknown): Settings {
  const { files } = (isObject(section) ? section : {}) satisfies Partial<Record<keyof ServerSettings, unknown>>;
  return { ...settings, patterns: strings(files) ?? settings.patterns };
}

/** Which files of a folder are read: workflows, composite actions, the policy and what the patterns add. Paths are relative to the folder. */
export function wantedFiles({ patterns }: Settings): (path: string) => boolean {
  const matches = patterns.map(glob);
  return path => isHeld(path) || matches.some(match => match(path));
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}

function strings(value: unknown): readonly string[] | undefined {
  return Array.isArray(value) ? value.filter(one => typeof one === 'string') : undefined;
}
