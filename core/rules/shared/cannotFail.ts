import { type AndOr, type Command, type CompoundList, forEachChild, type SyntaxNode } from 'unbash';
import { literal } from '../../image/template.ts';
import type { ShellCommand } from '../../shell/command.ts';
import type { StepScript } from '../../usage/scriptUse.ts';
import { pathTo } from './answer.ts';

/** How the failure of a command comes to nothing. */
export type Dead = 'or' | 'announced' | 'pipe' | 'loop' | 'branch' | 'goesOn';

/** What only says, waits or looks: no answer to a failure. */
const quiet =
  /^(?::|true|echo|printf|sleep|date|cat|tee|head|tail|break|continue|exit|return|set|let|local|declare|export|read|jq|grep|wc|kubectl|docker|curl|wget|aws|journalctl|ss|ps|netstat|log|warn)$/;
const looks = /\b(?:get|describe|logs?|inspect|ps|events|top|images|list\S*|stop|rm|kill)\b/;

/**
 * How the failure of a command is lost, with everything that the script does after it taken into account: `undefined` where it may end the
 * script with a failure, where something acts upon it or leaves it for later steps, and where nobody can tell.
 */
export function deadEnd(command: ShellCommand, script: StepScript): Dead | undefined {
  if (command.failure === 'fatal' || !command.node || command.within) return undefined;
  const path = pathTo(command.node, script.script.tree);
  return path ? new Fate(script, command).read(path) : inOtherShell(command, script);
}

/** In a script within the script, as `ssh` runs one: what a `||` takes away, where nothing ends that shell with a failure later. */
function inOtherShell(command: ShellCommand, { commands }: StepScript): Dead | undefined {
  const { failure, hiddenBy, stdout } = command;
  if (failure !== 'ignored' || (hiddenBy !== 'or' && hiddenBy !== 'announced') || stdout === 'value' || stdout === 'pipe') return undefined;
  const later = commands.slice(commands.indexOf(command) + 1);
  const ends = later.some(({ words }) => {
    const [name = '', status] = words.slice(0, 2).map(({ template }) => literal(template));
    return name === 'false' || ((name === 'exit' || name === 'return') && status !== '0');
  });
  return ends ? undefined : hiddenBy;
}

/** Follows a failure outwards from its command. */
class Fate {
  readonly #script: StepScript;
  readonly #command: ShellCommand;
  /** Runs only where the command succeeds. */
  readonly #success = new Set<SyntaxNode>();
  /** Runs where it fails, and perhaps else. */
  readonly #after: SyntaxNode[] = [];
  #dead: Dead | undefined;
  #isUnclear = false;

  constructor(script: StepScript, command: ShellCommand) {
    this.#script = script;
    this.#command = command;
  }

  read(path: readonly SyntaxNode[]): Dead | undefined {
    let failed = true;
    for (let index = path.length - 1; index > 0; index--) {
      failed = this.#step(path[index - 1] as SyntaxNode, path[index] as SyntaxNode, failed);
      if (this.#isUnclear) return undefined;
    }
    const ends = this.#after.some(node => this.#mayFail(node));
    return ends ? undefined : (this.#dead ?? this.#hidden());
  }

  /** Takes the failure from `node` to what is around it; returns whether that looks failed from outside. */
  #step(parent: SyntaxNode, node: SyntaxNode, failed: boolean): boolean {
    switch (parent.type) {
      case 'Pipeline':
        return parent.prefixes.some(({ type }) => type === 'Negation') ? !failed : failed;
      case 'AndOr':
        return this.#andOr(parent, node, failed);
      case 'If':
        if (parent.clause === node) {
          const [no, yes] = failed ? [parent.elif[0] ?? parent.else, parent.then] : [parent.then, parent.elif[0] ?? parent.else];
          if (yes) this.#success.add(yes);
          if (no) this.#onFailure(no);
          this.#dead ??= 'branch';
        }
        return false;
      case 'Elif':
        this.#isUnclear = parent.clause === node;
        return false;
      case 'While':
        // A loop that waits for the answer alone never goes on without it.
        if (parent.clause === node) this.#isUnclear = !this.#leaves(parent.body) && !this.#hasOther(parent.clause);
        this.#after.push(parent);
        this.#dead = 'loop';
        return failed && parent.clause !== node;
      case 'For':
      case 'ArithmeticFor':
        this.#after.push(parent);
        this.#dead = 'loop';
        // The last command of the last turn is the loop's status.
        return failed;
      case 'Case':
        this.#after.push(parent);
        return false;
      case 'Function':
      case 'Coproc':
      case 'Select':
        this.#isUnclear = true;
        return false;
      case 'CompoundList':
      case 'Script': {
        const at = (parent.commands as readonly SyntaxNode[]).indexOf(node);
        this.#after.push(...parent.commands.slice(at + 1));
        const isLast = failed && at === parent.commands.length - 1;
        // The script ends with this status.
        if (isLast && parent.type === 'Script') this.#isUnclear = true;
        return isLast;
      }
      default:
        return failed;
    }
  }

  #andOr({ commands, operators }: AndOr, node: SyntaxNode, failed: boolean): boolean {
    const index = (commands as readonly SyntaxNode[]).indexOf(node);
    const wanted = failed ? '||' : '&&';
    const next = operators.findIndex((operator, at) => at >= index && operator === wanted);
    const skipped = commands.slice(index + 1, next < 0 ? undefined : next + 1);
    for (const each of skipped) this.#success.add(each);
    if (next < 0) return failed;
    for (const each of commands.slice(next + 1)) this.#onFailure(each);
    this.#dead ??= this.#hidden();
    return false;
  }

  #hidden(): Dead {
    const { hiddenBy } = this.#command;
    return hiddenBy === 'or' || hiddenBy === 'announced' || hiddenBy === 'pipe' ? hiddenBy : 'goesOn';
  }

  /** What runs only where it failed: more than words is an answer. */
  #onFailure(node: SyntaxNode): void {
    this.#after.push(node);
    const visit = (one: SyntaxNode): void => {
      if (one.type === 'Command' && one.name && this.#isAct(one)) this.#isUnclear = true;
      forEachChild(one, visit);
    };
    visit(node);
  }

  #isAct(command: Command): boolean {
    const name = command.name?.value ?? '';
    if (name === '[' || name === 'test') return false;
    if (!quiet.test(name)) return true;
    return /^(?:kubectl|docker|aws)$/.test(name) && !looks.test(this.#text(command));
  }

  /** Whether something in a node may end the script with a failure, or tells later steps. */
  #mayFail(node: SyntaxNode): boolean {
    if (this.#success.has(node)) return false;
    if (node.type === 'Command') {
      const name = node.name?.value;
      if (name === 'exit' || name === 'return') return node.args[0]?.text !== '0';
      if (name === 'false' || name === 'kill') return true;
      if (name === 'test' || name === '[') return this.#isFatal(node);
      if (name && this.#isFunction(name)) return true;
    }
    if (node.type === 'Statement' && (node.command.type === 'TestCommand' || node.command.type === 'ArithmeticCommand')) return true;
    if (node.type === 'Redirect' && /GITHUB_(?:OUTPUT|ENV|STATE)/.test(node.target?.text ?? '')) return true;
    if (node.type === 'AndOr' && node.commands[0]?.type === 'TestCommand' && !node.operators.includes('||')) return false;
    let found = false;
    forEachChild(node, child => {
      found ||= this.#mayFail(child);
    });
    return found;
  }

  #isFatal(node: Command): boolean {
    return this.#script.commands.some(command => command.node === node && command.failure === 'fatal');
  }

  #isFunction(name: string): boolean {
    return this.#script.commands.some(({ isFunction, node }) => isFunction && node?.name?.value === name);
  }

  #leaves(body: CompoundList): boolean {
    return /\b(?:break|return|exit)\b/.test(this.#text(body));
  }

  /** The condition asks something else too: a counter. */
  #hasOther({ commands }: CompoundList): boolean {
    return commands.length > 1 || commands[0]?.command.type === 'AndOr';
  }

  #text({ pos, end }: { readonly pos: number; readonly end: number }): string {
    return this.#script.script.slice(pos, end);
  }
}
