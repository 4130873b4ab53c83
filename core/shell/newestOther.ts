import { type Command, type For, forEachChild, type Pipeline, type SyntaxNode, type TestCommand, type While } from 'unbash';
import type { Span } from '../text/span.ts';
import type { Script } from './script.ts';
import { assignmentsOf, variablesIn, type Written } from './writtenValues.ts';

/** A script's text in the job, and what else its variables may come from. */
export interface Surrounding {
  /** All scripts of the job, this one too. */
  readonly texts: readonly string[];
  /** What `env:` says of a variable, expressions as written. */
  env(name: string): string | undefined;
}

/** Programs whose options hold a filter of their own. */
const filters = /^(?:jq|gojq|yq|gh|aws|gcloud|az|awk|gawk|mawk)$/;

/**
 * Where a script takes the newest item of a list that differs from the current one: `sort_by(.pushed) | reverse | map(select(.digest != $current)) | .[0]`,
 * a loop over `sort -r` that stops at the first other digest, `grep -v "$CURRENT" | head -1`. The place is the comparison.
 */
export function newestOther(script: Script, surrounding: Surrounding): Span | undefined {
  return new Search(script, surrounding).run();
}

class Search {
  readonly #script: Script;
  readonly #surrounding: Surrounding;
  #written: readonly Written[] | undefined;

  constructor(script: Script, surrounding: Surrounding) {
    this.#script = script;
    this.#surrounding = surrounding;
  }

  run(): Span | undefined {
    let found: { readonly pos: number; readonly end: number } | undefined;
    const visit = (node: SyntaxNode, around: readonly SyntaxNode[]): void => {
      // A script with a source of its own counts from another start: backticks.
      if (found || (node.type === 'Script' && node.source !== undefined)) return;
      if (node.type === 'Command') found = this.#filter(node, around) ?? this.#grep(node, around);
      else if (node.type === 'For' || node.type === 'While') found = this.#loop(node, around);
      if (!found) forEachChild(node, child => visit(child, [...around, node]));
    };
    visit(this.#script.tree, []);
    return found && this.#script.span(found.pos, found.end);
  }

  #text({ pos, end }: { readonly pos: number; readonly end: number }): string {
    return this.#script.slice(pos, end);
  }

  /** `jq`, `--query`, `--jq`, `awk`: an inequality with the current one, newest first, the first taken. */
  #filter(node: Command, around: readonly SyntaxNode[]): { pos: number; end: number } | undefined {
    if (!filters.test(node.name?.text ?? '')) return undefined;
    for (const word of node.args) {
      const text = this.#text(word);
      const match = inequality.exec(text) ?? (/awk$/.test(node.name?.text ?? '') ? /\b!=\s*(\w+)|!=\s*(\w+)/.exec(text) : null);
      const name = match?.[1] ?? match?.[2];
      if (!match || !name || /[<>]=?\s*[\\`"'(]*\$/.test(text)) continue;
      const given = node.args.map(({ text: each }) => each).join(' ');
      if (!this.#isCurrent(name, given)) continue;
      const whole = this.#whole(node, around);
      if (takesFirst.test(text) || takesOneLine.test(whole) || /\bexit\b/.test(text)) {
        if (newestFirst.test(`${whole} ${this.#sources(whole)}`))
          return { pos: word.pos + match.index, end: word.pos + match.index + match[0].length };
      }
    }
    return undefined;
  }

  /** `grep -v "$CURRENT" | head -1`. */
  #grep(node: Command, around: readonly SyntaxNode[]): { pos: number; end: number } | undefined {
    if (node.name?.text !== 'grep' || !node.args.some(({ text }) => /^-\w*v/.test(text) || text === '--invert-match')) return undefined;
    const names = node.args.flatMap(({ text }) => variablesIn(text));
    const whole = this.#whole(node, around);
    const isOther = names.some(name => this.#isCurrent(name, ''));
    return isOther && takesOneLine.test(whole) && newestFirst.test(`${whole} ${this.#sources(whole)}`) ? node : undefined;
  }

  /** A loop that stops at the first item that differs from the current one. */
  #loop(node: For | While, around: readonly SyntaxNode[]): { pos: number; end: number } | undefined {
    const body = this.#text(node.body);
    if (!/\b(?:break|exit|return)\b|\s-z\s/.test(body)) return undefined;
    const list =
      node.type === 'For'
        ? (node.wordlist ?? []).map(word => this.#text(word)).join(' ')
        : `${this.#text(node.clause)} ${this.#whole(node, around).replace(body, '')}`;
    if (!newestFirst.test(`${list} ${this.#sources(list)}`)) return undefined;
    let found: { pos: number; end: number } | undefined;
    const visit = (child: SyntaxNode): void => {
      if (found || child.type === 'For' || child.type === 'While') return;
      if (child.type === 'TestCommand' || (child.type === 'Command' && /^(?:\[|test)$/.test(child.name?.text ?? ''))) {
        if (this.#skipsCurrent(child, body)) found = child;
      }
      forEachChild(child, visit);
    };
    forEachChild(node.body, visit);
    return found;
  }

  /** `[ "$digest" != "$current" ]`, or `=` with a `continue`. */
  #skipsCurrent(node: Command | TestCommand, body: string): boolean {
    const text = this.#text(node);
    const differs = /\s!=\s/.test(text) || (/\s==?\s/.test(text) && /\bcontinue\b/.test(body));
    const names = variablesIn(text);
    if (!differs || /\s(?:-lt|-le|-ot|<|\\<)\s/.test(body)) return false;
    return names.length > 1 && names.some(name => this.#isCurrent(name, '')) && !names.every(name => this.#isCurrent(name, ''));
  }

  /** The pipeline, with its redirections, that a node is part of. */
  #whole(node: SyntaxNode, around: readonly SyntaxNode[]): string {
    const outer = around.findLast(({ type }) => type === 'Pipeline' || type === 'Redirected' || type === 'Statement') as
      | Pipeline
      | undefined;
    const pipeline = around.findLast(({ type }) => type === 'Pipeline');
    return this.#text(pipeline ?? outer ?? node);
  }

  /** What the variables of a text hold, as far as scripts of the job set them. */
  #sources(text: string, depth = 3): string {
    if (depth === 0) return '';
    const values = [...new Set(variablesIn(text))].slice(0, maxVariables).flatMap(name => this.#values(name));
    return values
      .map(value => `${value} ${this.#sources(value, depth - 1)}`)
      .join(' ')
      .slice(0, maxText);
  }

  #values(name: string): readonly string[] {
    const own = this.#surrounding.env(name);
    this.#written ??= this.#surrounding.texts.flatMap(assignmentsOf);
    const set = this.#written.filter(one => one.name === name).map(({ value }) => value);
    return own === undefined ? set : [own, ...set];
  }

  /** Whether a variable holds what is in place now: by its name, or because it is what a tag that moves names. */
  #isCurrent(name: string, given: string): boolean {
    const outer = [...given.matchAll(argument)].flatMap(([, inner, value = '']) => (inner === name ? variablesIn(value) : []));
    const names = [name, ...outer];
    if (names.some(each => currentName.test(each))) return true;
    return names.some(each => this.#values(each).some(value => asks.test(value) && movingTag.test(value)));
  }
}

const maxVariables = 12;
const maxText = 20_000;

/** `!= $current`, `!='"$CURRENT"'`, `` != `$CURRENT` ``, `!= env.CURRENT`, `== $current | not`. */
const inequality = /!=\s{0,3}[\\`"'(]{0,6}(?:\$(?:ENV\.)?\{?|env\.)(\w+)|==\s{0,3}\$(\w+)\s{0,3}\|\s{0,3}not\b/;
const argument = /(?:--arg\s{1,3}|-v\s{0,3})(\w+)(?:\s{1,3}|=)(\S+)/g;
const takesFirst = /\[\s{0,2}(?:0|-1)\s{0,2}\]|\b(?:first|last|max_by|limit)\b/;
const takesOneLine =
  /\b(?:head|tail)\s+-(?:n\s*)?1\b|\b(?:head|tail)\s+--lines=1\b|\bsed\s+(?:-n\s+)?['"]?1[pq]|\bNR\s*==\s*1\b|\[\s{0,2}(?:0|-1)\s{0,2}\]/;
const newestFirst =
  /\bsort\s[^|\n]{0,80}-\w{0,8}r|--reverse\b|\btac\b|\breverse\b|\bsort_by\b|\bmax_by\b|--sort-by|--sort=-|--sort\s{1,3}DESC\b|\border(?:ing|_by|by)\b|\blast_updated\b|\btime_desc\b|\bimagePushedAt\b|\b(?:created|updated|pushed)_at\b|\/packages\/|\bsort\b[^|\n]{0,40}\|\s{0,3}tail\b|\btail\s+-(?:n\s*)?1\b/;
const currentName = /(?:^|_)(?:cur|now|live|active|running|deployed|present|prod|latest|bad|broken)/i;
const asks =
  /\b(?:inspect|digest|manifest|manifests|describe-images|batch-get-image|describe-services|describe-task-definition|resolve|get)\b/;
const movingTag = /[:=/](?:prod|production|latest|stable|live|current|release)\b|\bdeploy(?:ment)?\b|\btask-definition\b/;
