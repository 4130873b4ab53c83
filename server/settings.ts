import { type Severity, severities } from '../core/rules/rule.ts';
import { glob } from '../core/text/glob.ts';
import { isHeld } from '../core/workspace/paths.ts';
import type { InitializationOptions, ServerSettings } from '../protocol/index.ts';

/** What the client wants, read once from whatever it sent. */
export interface Settings {
  readonly invalidYaml: boolean;
  readonly showsRules: boolean;
  readonly patterns: readonly string[];
  /** Severities that the user wants to see instead, by rule. */
  readonly severities: ReadonlyMap<string, Severity | 'off'>;
  /** Findings of files that are not open are shown too. */
  readonly checkWorkspace: boolean;
  /** The client answers what is asked of registries. */
  readonly answersRegistries: boolean;
  readonly lenses: 'all' | 'connected' | 'off';
  readonly inlayDigests: boolean;
  readonly liveFindings: boolean;
}

/** Reads initialization options; what has the wrong type counts as missing. */
export function initialSettings(options: unknown): Settings {
  const { invalidYaml, showsRules, patterns, answersRegistries } = (isObject(options) ? options : {}) satisfies Partial<
    Record<keyof InitializationOptions, unknown>
  >;
  return {
    invalidYaml: invalidYaml !== false,
    showsRules: showsRules === true,
    patterns: strings(patterns) ?? [],
    severities: new Map(),
    checkWorkspace: false,
    answersRegistries: answersRegistries === true,
    lenses: 'all',
    inlayDigests: false,
    liveFindings: true,
  };
}

/** The settings with the client's section laid over them. */
export function withSection(settings: Settings, section: unknown): Settings {
  const given = (isObject(section) ? section : {}) satisfies Partial<Record<keyof ServerSettings, unknown>>;
  const { files, severity, checkWorkspace, lenses, inlayDigests, liveFindings } = given;
  return {
    ...settings,
    patterns: strings(files) ?? settings.patterns,
    severities: new Map(Object.entries(isObject(severity) ? severity : {}).filter(isChoice)),
    checkWorkspace: checkWorkspace === true,
    lenses: lenses === 'connected' || lenses === 'off' ? lenses : 'all',
    inlayDigests: inlayDigests === true,
    liveFindings: liveFindings !== false,
  };
}

function isChoice(entry: [string, unknown]): entry is [string, Severity | 'off'] {
  return [...severities, 'off'].some(one => one === entry[1]);
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
