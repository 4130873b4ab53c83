import { type Command, forEachChild, type ParsedScript, parse, type SyntaxNode } from 'unbash';
import { type ExpressionPiece, splitExpressions } from '../expression/split.ts';

/** What a script's text alone says: its expressions and, with those masked, its tree as bash parses it. */
export class ScriptSyntax {
  readonly #text: string;
  readonly expressions: readonly ExpressionPiece[];
  #tree: ParsedScript | undefined;
  #uses: readonly ExpressionUse[] | undefined;

  constructor(text: string) {
    this.#text = text;
    this.expressions = splitExpressions(text).filter(piece => piece.kind === 'expression');
  }

  get tree(): ParsedScript {
    this.#tree ??= parse(this.#masked());
    return this.#tree;
  }

  /** Every expression with its surroundings; what stands in no word is in a comment. */
  get uses(): readonly ExpressionUse[] {
    this.#uses ??= this.expressions.length === 0 ? [] : expressionUses(this, this.#text);
    return this.#uses;
  }

  hasExpression(start: number, end: number): boolean {
    for (const { outer } of this.expressions) if (outer.start < end && outer.end > start) return true;
    return false;
  }

  /** Letters of the same length stand for an expression: they are a word wherever a word may be. */
  #masked(): string {
    let masked = '';
    let from = 0;
    for (const { outer } of this.expressions) {
      masked += this.#text.slice(from, outer.start) + 'E'.repeat(outer.end - outer.start);
      from = outer.end;
    }
    return masked + this.#text.slice(from);
  }
}

/** In characters of script; a tree takes some fifty times as many bytes. */
const maxKept = 400_000;

const kept = new Map<string, ScriptSyntax>();
let characters = 0;

/** The syntax of a script. An edit leaves most scripts of a file as they are, and the same text is parsed once. */
export function syntaxOf(text: string): ScriptSyntax {
  const known = kept.get(text);
  if (known) return known;
  const syntax = new ScriptSyntax(text);
  if (characters > maxKept) {
    kept.clear();
    characters = 0;
  }
  characters += text.length;
  kept.set(text, syntax);
  return syntax;
}

/** How the shell reads the place where an expression's value lands. */
export type Quoting = 'plain' | 'double' | 'single' | 'heredoc' | 'quotedHeredoc' | 'arithmetic' | 'comment';

/** One `${{ }}` in a script. */
export interface ExpressionUse {
  /** Offsets in the script. */
  readonly piece: ExpressionPiece;
  readonly quoting: Quoting;
  /** The text is code once more, for the program that gets it: `ssh host "…"`, `bash -c "…"`, `python - <<EOF`. */
  readonly interpreted: boolean;
  /** The whole word is the expression and is not an assignment's value, so that splitting into several words may be meant. */
  readonly standalone: boolean;
}

const remote: ReadonlySet<string> = new Set(['eval', 'ssh', 'trap', 'su']);
const interpreter = /^(?:\S*\/)?(?:(?:ba|da|z|k)?sh|python[\d.]*|node|perl|ruby|php|pwsh|powershell)$/;
const codeFlag = /^(?:-[a-zA-Z]*[ceE]|--eval|--print|-[pr]|-Command)$/;

/** Words and here-documents of a command that it runs as code. */
function codeOf({ name, args, redirects }: Command): readonly { readonly pos: number; readonly end: number }[] {
  const words = name ? [name, ...args] : [];
  const bodies = redirects.flatMap(redirect => (redirect.type === 'HereDoc' ? [redirect.body] : []));
  if (words.slice(0, 2).some(({ text }) => remote.has(text))) return [...words.slice(1), ...bodies];
  const at = words.findIndex(({ text }) => interpreter.test(text));
  if (at < 0) return [];
  const flag = words.findIndex(({ text }, index) => index > at && codeFlag.test(text));
  return [...(flag < 0 ? [] : words.slice(flag + 1, flag + 2)), ...bodies];
}

function expressionUses(script: ScriptSyntax, text: string): readonly ExpressionUse[] {
  const uses = script.expressions.map(piece => ({ piece, quoting: 'comment' as Quoting, standalone: false, interpreted: false }));
  // Children come after their parents, so the innermost quoting is written last. A here-document's body lies outside its statement.
  const mark = ({ pos, end }: { pos: number; end: number }, quoting: Quoting, standalone = false) => {
    for (const use of uses) {
      const at = use.piece.outer.start;
      if (at >= pos && at < end) Object.assign(use, { quoting, standalone });
    }
  };
  // Nodes without an expression need no visit, unless the body of a here-document of theirs may hold one.
  const bodies = text.includes('<<');
  const visit = (node: SyntaxNode, parent?: SyntaxNode): void => {
    if (!bodies && !script.hasExpression(node.pos, node.end)) return;
    // A script with a source of its own counts from another start: backticks.
    if (node.type === 'Script' && node.source !== undefined) return;
    if (node.type === 'CommandExpansion' && node.script?.source !== undefined) {
      mark(node, 'arithmetic');
      return;
    }
    if (node.type === 'Command') {
      const code = codeOf(node);
      for (const use of uses)
        if (code.some(({ pos, end }) => use.piece.outer.start >= pos && use.piece.outer.start < end)) use.interpreted = true;
    }
    if (node.type === 'Word') {
      if (!script.hasExpression(node.pos, node.end)) return;
      mark(node, 'plain', parent?.type !== 'Assignment' && /^E+$/.test(node.text));
    } else if (node.type === 'SingleQuoted' || node.type === 'AnsiCQuoted') mark(node, 'single');
    else if (node.type === 'DoubleQuoted' || node.type === 'LocaleString') mark(node, 'double');
    else if (node.type.startsWith('Arithmetic')) mark(node, 'arithmetic');
    else if (node.type === 'HereDoc') mark(node.body, node.delimiter?.quoted ? 'quotedHeredoc' : 'heredoc');
    forEachChild(node, child => visit(child, node));
  };
  visit(script.tree);
  return uses;
}
