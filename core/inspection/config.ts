import { asRecord, parseJson, platformOf, strings } from '../registry/manifest.ts';
import { printable } from '../text/printable.ts';

/** What an image's config says, in the OCI image spec's terms (image-spec, config.md). Text is printable and bounded. */
export interface ImageConfig {
  readonly platform?: string;
  /** ISO 8601; absent where it is blanked. */
  readonly created?: string;
  readonly labels: ReadonlyMap<string, string>;
  readonly env: ReadonlyMap<string, string>;
  /** Absent where the image sets none; the shell form is one text after `/bin/sh -c`. */
  readonly entrypoint?: readonly string[];
  readonly cmd?: readonly string[];
  readonly user?: string;
  readonly workingDir?: string;
  readonly stopSignal?: string;
  /** `8080/tcp`, sorted. */
  readonly ports: readonly string[];
  readonly volumes: readonly string[];
  /** The oldest first. */
  readonly history: readonly HistoryEntry[];
}

export interface HistoryEntry {
  /** The Dockerfile's instruction as the builder wrote it. */
  readonly createdBy: string;
  readonly created?: string;
  /** It made no layer. */
  readonly empty: boolean;
}

/** Characters of one label, variable or instruction; more is nothing that a person reads. */
const longestText = 4096;
const mostEntries = 500;

/** Reads a config; `undefined` where the bytes are none. */
export function parseConfig(bytes: Uint8Array): ImageConfig | undefined {
  const data = asRecord(parseJson(bytes));
  if (!data) return undefined;
  const config = asRecord(data['config']) ?? {};
  const platform = platformOf(data);
  const created = dateOf(data['created']);
  return {
    ...(platform !== undefined && { platform: printable(platform) }),
    ...(created !== undefined && { created }),
    labels: printableTexts(strings(config['Labels'])),
    env: environment(config['Env']),
    ...words('entrypoint', config['Entrypoint']),
    ...words('cmd', config['Cmd']),
    ...text('user', config['User']),
    ...text('workingDir', config['WorkingDir']),
    ...text('stopSignal', config['StopSignal']),
    ports: names(config['ExposedPorts']),
    volumes: names(config['Volumes']),
    history: Array.isArray(data['history']) ? data['history'].slice(0, mostEntries).flatMap(historyEntry) : [],
  };
}

/** Names and texts, each printable and bounded. */
export function printableTexts(texts: ReadonlyMap<string, string>): ReadonlyMap<string, string> {
  const sorted = [...texts].sort(([a], [b]) => (a < b ? -1 : 1)).slice(0, mostEntries);
  return new Map(sorted.map(([name, value]) => [bounded(name), bounded(value)]));
}

/** An ISO date in one form; builds that blank it (1970, the year 1) tell nothing. */
export function dateOf(value: unknown): string | undefined {
  const time = typeof value === 'string' ? Date.parse(value) : Number.NaN;
  return time > 86_400_000 ? new Date(time).toISOString() : undefined;
}

function historyEntry(value: unknown): readonly HistoryEntry[] {
  const data = asRecord(value);
  if (!data) return [];
  const created = dateOf(data['created']);
  const createdBy = typeof data['created_by'] === 'string' ? bounded(data['created_by']) : '';
  return [{ createdBy, empty: data['empty_layer'] === true, ...(created !== undefined && { created }) }];
}

/** The last value of a variable counts, as it does for the process. */
function environment(value: unknown): ReadonlyMap<string, string> {
  const lines = texts(value);
  return printableTexts(
    new Map(
      lines.map(line => {
        const equals = line.indexOf('=');
        return equals < 0 ? [line, ''] : [line.slice(0, equals), line.slice(equals + 1)];
      }),
    ),
  );
}

function names(value: unknown): readonly string[] {
  return Object.keys(asRecord(value) ?? {})
    .slice(0, mostEntries)
    .map(bounded)
    .sort();
}

function words<K extends string>(name: K, value: unknown): { readonly [P in K]?: readonly string[] } {
  const found = texts(value).slice(0, mostEntries).map(bounded);
  return found.length === 0 ? {} : ({ [name]: found as readonly string[] } as { [P in K]: readonly string[] });
}

function text<K extends string>(name: K, value: unknown): { readonly [P in K]?: string } {
  return typeof value === 'string' && value !== '' ? ({ [name]: bounded(value) } as { [P in K]: string }) : {};
}

function texts(value: unknown): readonly string[] {
  return Array.isArray(value) ? value.filter((item: unknown) => typeof item === 'string') : [];
}

function bounded(value: string): string {
  const cut = value.length > longestText ? `${value.slice(0, longestText)}…` : value;
  return printable(cut);
}
