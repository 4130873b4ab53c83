import { type CodeAction, CodeActionKind } from 'vscode-languageserver';
import * as z from 'zod/mini';
import type { Wanted } from '../../core/fix.ts';
import { ignoreFix } from '../../core/ignoreFix.ts';
import type { Finding } from '../../core/rules/rule.ts';
import { intersects } from '../../core/text/span.ts';
import type { Analysed } from '../analysis.ts';
import type { Context } from '../context.ts';
import { type EditOptions, toCodeAction, toDiagnostic, toSnippetEdit, toSpan, toTextEdit, toWorkspaceEdit } from '../convert.ts';
import { fixedText } from '../fixAll.ts';
import { aMoment } from './moment.ts';

/** What an editor runs on save where its user says so: all that is safe. */
export const fixAllKind = `${CodeActionKind.SourceFixAll}.tallyman`;

/** What of an action for many findings is kept until it is chosen. `rule` absent: the safe fixes of all rules. */
const manySchema = z.object({ uri: z.string(), rule: z.optional(z.string()) });
type Many = z.infer<typeof manySchema>;

/**
 * Offers the fixes of the findings at the asked place as quick fixes, preferred where they are safe; all of a rule, all that are safe; and
 * a comment that ignores each. As a source action, all that are safe in the file.
 */
export function codeActions(context: Context): void {
  const { connection, documents, analysis, client } = context;
  const options: EditOptions = {
    documentChanges: client.workspace?.workspaceEdit?.documentChanges === true,
    version: uri => documents.get(uri)?.version ?? null,
  };
  const waits = client.textDocument?.codeAction?.resolveSupport?.properties.includes('edit') === true;
  const edited = async (action: CodeAction, many: Many): Promise<CodeAction> => {
    const analysed = await analysis.settled(many.uri, aMoment);
    return { ...action, ...(analysed && editOfMany(analysed, many, options)) };
  };
  connection.onCodeAction(async ({ textDocument: { uri }, range, context: { only } }) => {
    const analysed = await analysis.settled(uri, aMoment);
    if (!analysed) return [];
    const actions = [
      ...(isAsked(only, CodeActionKind.QuickFix) ? quickFixes(analysed, range, context, options) : []),
      ...(isAsked(only, fixAllKind) && only ? sourceActions(analysed) : []),
    ];
    // What changes the whole file is worked out when it is chosen, by clients that ask then.
    return waits ? actions : Promise.all(actions.map(action => (action.data ? edited(action, action.data as Many) : action)));
  });
  connection.onCodeActionResolve(action => {
    const { data } = manySchema.safeParse(action.data);
    return data ? edited(action, data) : action;
  });
}

/** Kinds are a hierarchy: `source` asks for `source.fixAll.tallyman` too. */
function isAsked(only: readonly string[] | undefined, kind: string): boolean {
  return !only || only.some(one => one === '' || kind === one || kind.startsWith(`${one}.`));
}

function quickFixes(
  analysed: Analysed,
  range: Parameters<typeof toSpan>[1],
  { client, live }: Context,
  options: EditOptions,
): readonly CodeAction[] {
  const { document, path, folder } = analysed;
  const findings = live.findings(analysed);
  const lines = folder.workspace.lines(path);
  if (!lines) return [];
  const span = toSpan(lines, range);
  const here = findings.filter(finding => intersects(finding.span, span));
  const diagnostic = (finding: Finding) => toDiagnostic(finding, folder);
  const ignore = (finding: Finding) => {
    const fix = canBeIgnored(finding) ? ignoreFix(finding, lines) : undefined;
    const action = fix && toCodeAction(fix, diagnostic(finding), folder, options);
    const asks = options.documentChanges && client.workspace?.workspaceEdit?.snippetEditSupport;
    return action?.edit && asks ? { ...action, edit: toSnippetEdit(action.edit) } : (action ?? []);
  };
  // Mending comes before ignoring.
  return [
    ...here.flatMap(finding => (finding.fix && toCodeAction(finding.fix, diagnostic(finding), folder, options)) ?? []),
    ...forMany(document.uri, here, findings, path).map(action => ({ ...action, diagnostics: here.map(diagnostic) })),
    ...here.flatMap(ignore),
  ];
}

/** Actions for more than one finding of the file. */
function forMany(uri: string, here: readonly Finding[], findings: readonly Finding[], path: string): readonly CodeAction[] {
  const fixable = findings.filter(({ fix }) => fix?.edits.every(edit => edit.path === path));
  const rules = [...new Set(here.filter(finding => fixable.includes(finding)).map(({ rule }) => rule))];
  const action = (title: string, data: Many): CodeAction => ({ title, kind: CodeActionKind.QuickFix, data });
  const ofRules = rules.flatMap(rule => {
    const count = fixable.filter(finding => finding.rule === rule).length;
    return count > 1 ? [action(`Fix all ${count} findings of ${rule} in this file`, { uri, rule })] : [];
  });
  const safe = fixable.filter(({ fix }) => fix?.safe);
  const several = rules.length > 0 && new Set(safe.map(({ rule }) => rule)).size > 1;
  return [...ofRules, ...(several ? [action(`Fix all ${safe.length} findings with a safe fix in this file`, { uri })] : [])];
}

function sourceActions({ document: { uri }, findings, path }: Analysed): readonly CodeAction[] {
  const isSafe = ({ fix }: Finding) => fix?.safe && fix.edits.every(edit => edit.path === path);
  const data: Many = { uri };
  return findings.some(isSafe) ? [{ title: 'Fix all findings with a safe fix', kind: fixAllKind, data }] : [];
}

function editOfMany({ folder, path, document }: Analysed, { rule }: Many, options: EditOptions): Pick<CodeAction, 'edit'> {
  const wanted: Wanted = { rule, suggestions: rule !== undefined };
  const after = fixedText(folder, path, wanted);
  const lines = folder.workspace.lines(path);
  if (after === undefined || !lines) return {};
  return { edit: toWorkspaceEdit(new Map([[document.uri, [toTextEdit(lines, after)]]]), options) };
}

/** What is said of a file's form, or of comments that ignore, is no judgement to overrule. */
function canBeIgnored({ rule }: Finding): boolean {
  return !/^(?:invalid-yaml|file-too-large|ignore-.*|policy-invalid)$/.test(rule);
}
