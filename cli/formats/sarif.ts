import { pathToFileURL } from 'node:url';
import { baselineEntry } from '../../core/baseline.ts';
import { catalogue } from '../../core/rules/index.ts';
import type { Finding, Rule, Severity } from '../../core/rules/rule.ts';
import { printable } from '../../core/text/printable.ts';
import { absoluteLinks, docsUrl } from '../../core/text/rulePages.ts';
import type { Place } from '../../core/text/span.ts';
import { repository, version } from '../../package.json';
import type { Report, Suppressed } from './report.ts';

/** SARIF knows three levels of what is wrong. */
const levels: Readonly<Record<Severity, 'error' | 'warning' | 'note'>> = { error: 'error', warning: 'warning', info: 'note', hint: 'note' };

type Result = Pick<Suppressed, 'finding'> & Partial<Suppressed>;

/**
 * The document of `--format sarif`: SARIF 2.1.0, one run. Paths are relative to the repository's root (`%SRCROOT%`), whose own place is
 * not said: the document goes to other machines. `pages` are the rules' pages by id. Ends with a line break.
 */
export function sarif(report: Report, pages: ReadonlyMap<string, string>): string {
  const results: readonly Result[] = [...report.findings.map(finding => ({ finding })), ...(report.suppressed ?? [])];
  const found = results.map(({ finding }) => finding);
  const spoken = new Set(found.map(({ rule }) => rule));
  const rules = catalogue.flatMap(({ title, rules: some }) =>
    some.filter(({ id }) => spoken.has(id)).map(rule => ({ rule, section: title })),
  );
  const index = new Map(rules.map(({ rule }, at) => [rule.id, at]));
  const number = numbering();
  const document = {
    $schema: 'https://json.schemastore.org/sarif-2.1.0.json',
    version: '2.1.0',
    runs: [
      {
        tool: {
          driver: {
            name: 'Tallyman',
            semanticVersion: version,
            informationUri: repository.url.replace(/\.git$/, ''),
            rules: rules.map(({ rule, section }) => descriptor(rule, section, pages.get(rule.id))),
          },
        },
        invocations: [
          {
            executionSuccessful: (report.problems ?? []).length === 0,
            toolExecutionNotifications: (report.problems ?? []).map(problem => ({ level: 'error', message: { text: plain(problem) } })),
          },
        ],
        originalUriBaseIds: { '%SRCROOT%': { description: { text: 'The root of the repository.' } } },
        columnKind: 'utf16CodeUnits',
        results: results.map(({ finding, ...suppressed }) => ({
          ruleId: finding.rule,
          ruleIndex: index.get(finding.rule),
          ...result(finding, report),
          partialFingerprints: fingerprints(finding, report, number),
          ...suppressions(suppressed),
        })),
      },
    ],
  };
  return `${JSON.stringify(document, undefined, 2)}\n`;
}

function descriptor({ id, title, severity }: Rule, section: string, page: string | undefined): object {
  const markdown = page && absoluteLinks(page);
  return {
    id,
    shortDescription: { text: title },
    fullDescription: { text: `${title}.` },
    help: { text: `${title}. ${docsUrl(id)}`, ...(markdown && { markdown }) },
    helpUri: docsUrl(id),
    defaultConfiguration: { level: levels[severity] },
    properties: { tags: ['containers', section.toLowerCase()], precision: 'high' },
  };
}

function result(finding: Finding, report: Report): object {
  const { severity, message, related, fix } = finding;
  const stations = related.filter(({ station }) => station);
  const others = related.filter(({ station }) => !station);
  const said = (place: Place & { readonly message: string }) => ({ ...location(place, report), message: { text: plain(place.message) } });
  return {
    level: levels[severity],
    message: { text: plain(message) },
    locations: [location(finding, report)],
    ...(others.length > 0 && { relatedLocations: others.map((other, id) => ({ id, ...said(other) })) }),
    ...(stations.length > 0 && {
      codeFlows: [
        { threadFlows: [{ locations: [...stations, { ...finding, message: 'It is used here.' }].map(one => ({ location: said(one) })) }] },
      ],
    }),
    ...(fix && { fixes: [{ description: { text: plain(fix.title) }, artifactChanges: changes(fix.edits, report) }] }),
  };
}

function changes(edits: NonNullable<Finding['fix']>['edits'], report: Report): readonly object[] {
  return [...new Set(edits.map(({ path }) => path))].map(path => ({
    artifactLocation: artifact(path, report),
    replacements: edits
      .filter(edit => edit.path === path)
      .map(({ span, text }) => ({ deletedRegion: region({ path, span }, report), insertedContent: { text } })),
  }));
}

function location(place: Place, report: Report): object {
  return { physicalLocation: { artifactLocation: artifact(place.path, report), region: region(place, report) } };
}

/** What lies outside the repository has no name in it, only one on this machine. */
function artifact(path: string, { inRepository = one => one }: Report): object {
  const inside = inRepository(path);
  if (inside.startsWith('../') || /^(?:\/|[A-Za-z]:)/.test(inside)) return { uri: pathToFileURL(path).href };
  return { uri: inside.split('/').map(encodeURIComponent).join('/'), uriBaseId: '%SRCROOT%' };
}

/** Lines and columns from 1; the end column is the one behind the last character. */
function region({ path, span }: Place, { lines }: Report): object {
  const map = lines(path);
  const start = map?.position(span.start) ?? { line: 0, column: 0 };
  const end = map?.position(span.end) ?? start;
  return { startLine: start.line + 1, startColumn: start.column + 1, endLine: end.line + 1, endColumn: end.column + 1 };
}

/** Counts what is alike. */
function numbering(): (key: string) => number {
  const counts = new Map<string, number>();
  return key => {
    const count = (counts.get(key) ?? 0) + 1;
    counts.set(key, count);
    return count;
  };
}

/**
 * A finding is the same one while its rule, its file and the text of its lines are, wherever the lines move, as in a baseline. GitHub's
 * own fingerprint (`primaryLocationLineHash`) is left to its upload action, which warns of any that it has not made.
 */
function fingerprints(finding: Finding, { lines, inRepository = one => one }: Report, number: (key: string) => number): object {
  const map = lines(finding.path);
  if (!map) return {};
  const entry = baselineEntry(finding, inRepository(finding.path), map);
  return { 'tallymanLines/v1': `${entry.lines}:${number(`${entry.rule}\n${entry.path}\n${entry.lines}`)}` };
}

function suppressions({ by, reason }: Omit<Result, 'finding'>): object {
  if (!by) return {};
  const kind = by === 'comment' ? 'inSource' : 'external';
  return { suppressions: [{ kind, status: 'accepted', ...(reason && { justification: plain(reason) }) }] };
}

/** `[text](target)` is a link in SARIF's plain text too, and what is quoted from a workflow must not become one. */
function plain(text: string): string {
  return printable(text).replaceAll('](', '] (');
}
